/**
 * News of an account by asking: REST has no stream. Called by the session, which tells what has changed.
 * Must never ask again while an answer is awaited, nor stop asking because of one failure.
 */
import type { BrokerError } from '@tradewire/broker-kit/broker-error'
import type { SessionHealth, SessionListener, VenueOrder } from '@tradewire/broker-kit/broker-session'
import type { Clock } from '@tradewire/kernel/clock'
import type { Randomness } from '@tradewire/kernel/randomness'
import type { MetaapiAccount } from './metaapi-account.client.ts'
import type { Changes } from './metaapi-book.map.ts'

const failurePausesMostMs = 15_000
/** History is read from a little before the last look: clocks differ, and deals may be shown late. */
const slackMs = 60_000

export interface PollOptions {
  readonly account: MetaapiAccount
  readonly listener: SessionListener
  readonly clock: Clock
  readonly randomness: Randomness
  readonly everyMs: number
}

export class MetaapiPoll {
  private timer: NodeJS.Timeout | null = null
  private stopped = false
  private up = false
  private failures = 0
  private lastAnswerMs: number | null = null
  /** Positions and pending orders as last seen, as text that changes with them. */
  private before: ReadonlyMap<string, string> | null = null
  private readonly told = new Map<string, string>()

  constructor(private readonly options: PollOptions) {
    void this.look()
  }

  health(): SessionHealth {
    return { streaming: this.up, lastMessageAtMs: this.lastAnswerMs }
  }

  close(): void {
    this.stopped = true
    if (this.timer !== null) clearTimeout(this.timer)
  }

  private async look(): Promise<void> {
    const failure = await this.readNews().catch((error: unknown) => ({
      kind: 'connectivity' as const,
      message: error instanceof Error ? error.message : 'the account cannot be read',
    }))
    if (this.stopped) return
    if (failure === null) this.answered()
    else this.failed(failure)
    const { everyMs, randomness } = this.options
    const pauseMs =
      failure === null ? everyMs : Math.min(failurePausesMostMs, everyMs * 2 ** Math.min(this.failures, 6))
    this.timer = setTimeout(() => void this.look(), pauseMs * (0.8 + 0.4 * randomness.fraction()))
    this.timer.unref()
  }

  private answered(): void {
    const { clock, listener } = this.options
    this.lastAnswerMs = clock.monotonicMs()
    this.failures = 0
    if (this.up) return
    this.up = true
    listener({ kind: 'stream-up' })
  }

  private failed({ kind, message }: Pick<BrokerError, 'kind' | 'message'>): void {
    const { listener } = this.options
    this.failures += 1
    if (kind === 'auth') listener({ kind: 'auth-failed', message })
    if (!this.up) return
    this.up = false
    listener({ kind: 'stream-down', message })
  }

  /** Null when all was read. */
  private async readNews(): Promise<BrokerError | null> {
    const { account } = this.options
    const read = await account.readOpen()
    if (!read.ok) return read.error
    const now = account.book.standing()
    const changes = account.book.changesSince(this.before ?? now)
    if (changes.records.length === 0) {
      this.before = now
      return null
    }
    const history = await account.readHistory(new Date(account.now().getTime() - slackMs), 'all')
    const money = history.ok ? await account.feeCurrency() : history
    if (!money.ok) {
      account.book.putBack(changes)
      return money.error
    }
    this.before = now
    this.tell(changes)
    return null
  }

  private tell({ records, orders }: Changes): void {
    const { account } = this.options
    for (const exit of account.exits.all()) {
      if (exit.positions.some((id) => records.includes(id))) {
        this.announce(account.orderOf(exit.clientOrderId, exit.symbol))
      }
    }
    for (const id of orders) {
      const name = account.book.symbolOfOrder(id)
      if (name !== null) this.announce(account.orderOf(id, account.symbolOf(name)))
    }
  }

  /** Each state of an order once. */
  private announce(order: VenueOrder | null): void {
    if (order === null) return
    const { clientOrderId, status, filledQuantity } = order
    const state = `${status} ${filledQuantity}`
    if (this.told.get(clientOrderId) === state) return
    this.told.set(clientOrderId, state)
    this.options.listener({ kind: 'order', order })
  }
}
