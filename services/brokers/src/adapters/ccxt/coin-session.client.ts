/**
 * One account's session at an exchange of coins that tells of an order only when it is asked. Called by placement,
 * reconciliation and account checks. Must never tell an order as ended because a read of it failed.
 */
import type { ApprovedOrder } from '@tradewire/broker-kit/approved-order'
import * as brokerError from '@tradewire/broker-kit/broker-error'
import {
  nothingExecuted,
  type BrokerSession,
  type KeyFacts,
  type OrderReference,
  type SessionHealth,
  type SessionListener,
  type VenueBalance,
  type VenueFill,
  type VenueInstrument,
  type VenueOrder,
  type VenuePosition,
  type VenueRate,
} from '@tradewire/broker-kit/broker-session'
import { err, ok } from '@tradewire/kernel/result'
import { positionsOfCoins } from './coins.map.ts'
import type { Answer } from './exchange-api.client.ts'

/** What a placement was answered with. */
export interface Placed {
  readonly venueOrderId: string
  /** How the order stands; null where the answer tells only that it was taken. */
  readonly told: VenueOrder | null
}

/** What differs between the exchanges. */
export interface CoinExchange {
  isListed(symbol: string): boolean
  place(order: ApprovedOrder): Answer<Placed>
  /** `rejected(ORDER_NOT_FOUND)` when it is not open. */
  cancel(venueOrderId: string, symbol: string): Answer<unknown>
  read(venueOrderId: string, symbol: string): Answer<VenueOrder | null>
  findByClientId(reference: OrderReference): Answer<VenueOrder | null>
  openOrders(): Answer<readonly VenueOrder[]>
  balances(): Answer<readonly VenueBalance[]>
  /** What is held apart from what `fillsSince` does not tell yet. Left out where it tells each fill at once. */
  settledBalances?(): Answer<readonly VenueBalance[]>
  fillsSince(symbol: string, since: Date): Answer<readonly VenueFill[]>
  instruments(): Answer<readonly VenueInstrument[]>
  prices(symbols: readonly string[]): Answer<readonly VenueRate[]>
  keyFacts(): Answer<KeyFacts>
}

export interface CoinStream {
  open(listener: SessionListener): void
  close(): void
  health(): SessionHealth
}

export class CoinSession implements BrokerSession {
  constructor(
    private readonly exchange: CoinExchange,
    private readonly stream: CoinStream,
  ) {}

  async submit(order: ApprovedOrder): Answer<VenueOrder> {
    const { symbol, clientOrderId } = order
    if (!this.exchange.isListed(symbol)) return err(brokerError.rejected('UNKNOWN_SYMBOL', `${symbol} is not listed`))
    const placed = await this.exchange.place(order)
    if (!placed.ok) return placed
    const { venueOrderId, told } = placed.value
    if (told !== null) return ok(told)
    const accepted = { clientOrderId, venueOrderId, symbol, status: 'working', message: null } as const
    const taken: VenueOrder = { ...nothingExecuted, ...accepted }
    if (order.type !== 'market') return ok(taken)
    // The answer tells that the order was taken, not what became of it: that is read once.
    const found = await this.exchange.read(venueOrderId, symbol)
    return found.ok && found.value !== null ? ok(found.value) : ok(taken)
  }

  async cancel(reference: OrderReference): Answer<VenueOrder> {
    const id = await this.venueIdOf(reference)
    if (!id.ok) return id
    const cancelled = await this.exchange.cancel(id.value, reference.symbol)
    if (!cancelled.ok) return cancelled
    const found = await this.exchange.read(id.value, reference.symbol)
    if (found.ok && found.value !== null && found.value.status !== 'working') return ok(found.value)
    return err(brokerError.outcomeUnknown('the cancel was taken, but the order was not seen to end'))
  }

  findByClientId(reference: OrderReference): Answer<VenueOrder | null> {
    const { venueOrderId, symbol } = reference
    return venueOrderId === null ? this.exchange.findByClientId(reference) : this.exchange.read(venueOrderId, symbol)
  }

  openOrders(): Answer<readonly VenueOrder[]> {
    return this.exchange.openOrders()
  }

  async positions(): Answer<readonly VenuePosition[]> {
    const balances = await (this.exchange.settledBalances?.() ?? this.balances())
    return balances.ok ? ok(positionsOfCoins(balances.value, (symbol) => this.exchange.isListed(symbol))) : balances
  }

  balances(): Answer<readonly VenueBalance[]> {
    return this.exchange.balances()
  }

  fillsSince(symbol: string, since: Date): Answer<readonly VenueFill[]> {
    return this.exchange.fillsSince(symbol, since)
  }

  instruments(): Answer<readonly VenueInstrument[]> {
    return this.exchange.instruments()
  }

  /** A coin is bought with what it is quoted in: nothing else counts. */
  async rates(): Answer<readonly VenueRate[]> {
    await Promise.resolve()
    return ok([])
  }

  prices(symbols: readonly string[]): Answer<readonly VenueRate[]> {
    return this.exchange.prices(symbols)
  }

  async setLeverage(): Answer<undefined> {
    await Promise.resolve()
    return err(brokerError.unsupported('leverage', 'spot has no leverage'))
  }

  keyFacts(): Answer<KeyFacts> {
    return this.exchange.keyFacts()
  }

  events(listener: SessionListener): () => void {
    this.stream.open(listener)
    return () => this.stream.close()
  }

  health(): SessionHealth {
    return this.stream.health()
  }

  async close(): Promise<void> {
    this.stream.close()
    await Promise.resolve()
  }

  private async venueIdOf(reference: OrderReference): Answer<string> {
    if (reference.venueOrderId !== null) return ok(reference.venueOrderId)
    const found = await this.exchange.findByClientId(reference)
    if (!found.ok) return found
    const id = found.value?.venueOrderId ?? null
    return id === null ? err(brokerError.rejected('ORDER_NOT_FOUND', 'the venue knows no such order')) : ok(id)
  }
}
