/**
 * What other services tell `orders`: strategies, follows with their settings, balances, and the signals themselves.
 * Called by the world. Must never tell of a change before it is true here: the checker takes it for the truth.
 */
import type { DataOf } from '@tradewire/contracts/define-event'
import {
  accountChanged,
  accountConnected,
  balanceUpdated,
  instrumentChanged,
} from '@tradewire/contracts/events/brokers'
import { followChanged, settingsChanged, signalAccepted, strategyChanged } from '@tradewire/contracts/events/signals'
import type { TradeSettings } from '@tradewire/contracts/trade-settings'
import { type OutboxRow, OutboxBuffer } from '@tradewire/database/outbox-message'
import type { IdSource } from '@tradewire/kernel/ids'
import { uuidOfHash } from '@tradewire/kernel/ids'
import type { BalanceNews, FollowNews, SettingsNews, StrategyNews } from '@tradewire/orders/ports/facts.port'
import type { Choices } from '../choices.ts'
import { instrumentOf, onlyEnvironment, type PriceOf, symbolsOf, type Terms } from '../terms.ts'
import { type VirtualTime } from '../virtual-time.ts'

export type SignalData = DataOf<typeof signalAccepted>

const accountCount = 3
/** Which accounts follow which of the two strategies; the second account follows the first one twice, the third has all to itself. */
const followed = [
  { account: 0, strategy: 0, steady: true },
  { account: 0, strategy: 1, steady: false },
  { account: 1, strategy: 0, steady: true },
  { account: 1, strategy: 0, steady: true },
  { account: 2, strategy: 0, steady: true },
] as const

const expiryMs = 30_000
const shortExpiryMostMs = 1_500
const lateMostMs = 2_500
const nobody = uuidOfHash('nobody')

export interface SourceMeans {
  readonly time: VirtualTime
  readonly choices: Choices
  readonly ids: IdSource
  readonly seed: number
  readonly publish: (rows: readonly OutboxRow[]) => void
  readonly terms: Terms
  readonly price: PriceOf
}

export class FactsSource {
  readonly accountIds: readonly string[]
  readonly strategies: StrategyNews[]
  readonly follows: FollowNews[]
  /** What is said for everyone and for each account. */
  readonly layers: SettingsNews[]
  /** They are active from beginning to end, so that no signal may pass them over. */
  readonly steady: Set<string>
  /** Of the accounts that were paused or resumed, what was said last. */
  readonly activity = new Map<string, boolean>()
  readonly balances = new Map<string, BalanceNews>()
  /** Every balance that was ever told, by account and time. */
  readonly told = new Map<string, BalanceNews>()
  readonly signals: SignalData[] = []
  private readonly means: SourceMeans

  constructor(means: SourceMeans) {
    this.means = means
    const { seed } = means
    this.accountIds = Array.from({ length: accountCount }, (_, index) => uuidOfHash(`account ${index} of ${seed}`))
    this.strategies = [0, 1].map((index) => this.strategyOf(index))
    this.follows = followed.map(({ account, strategy }, index) => this.followOf(index, account, strategy))
    this.layers = [null, ...this.accountIds].map((accountId) => this.layerOf(accountId))
    this.steady = new Set(this.follows.flatMap(({ followId }, index) => (followed[index]!.steady ? [followId] : [])))
  }

  /** Everything that planning needs, told once. */
  begin(): void {
    const at = this.means.time.now().toISOString()
    this.tell((outbox) => {
      const { terms } = this.means
      const instruments = symbolsOf(terms).map((symbol) => ({ ...instrumentOf(terms, symbol), observedAt: at }))
      outbox.append(instrumentChanged, instruments, null)
      const accounts = this.accountIds.map(
        (accountId) =>
          ({ accountId, userId: nobody, venue: terms.venue, environment: onlyEnvironment, label: 'account' }) as const,
      )
      outbox.append(
        accountConnected,
        accounts.map((account) => ({ ...account, connectedAt: at })),
        null,
      )
      outbox.append(strategyChanged, this.strategies, null)
      outbox.append(followChanged, this.follows, null)
      outbox.append(settingsChanged, this.layers, null)
    })
    for (const accountId of this.accountIds) this.changeBalance(accountId)
  }

  changeBalance(accountId = this.means.choices.oneOf(this.accountIds)): void {
    const { choices, time } = this.means
    const total = choices.chance(0.1) ? choices.whole(0, 100) : choices.whole(2_000, 200_000)
    const free = choices.chance(0.5) ? total : choices.whole(0, total)
    const observedAt = time.now().toISOString()
    // Positions that are open may have lost part of it.
    const equity = choices.chance(0.7) ? total : Math.floor(total * choices.oneOf([0.3, 0.8, 1.1]))
    const amounts = { total: String(total), free: String(free), equity: String(equity) }
    const balance = { accountId, currency: 'USDT', ...amounts, observedAt }
    // Two of one moment cannot be told apart: the later one is not told.
    if (this.balances.get(accountId)?.observedAt === observedAt) return
    this.balances.set(accountId, balance)
    this.told.set(`${accountId} ${observedAt}`, balance)
    this.tell((outbox) => outbox.append(balanceUpdated, [balance], null))
  }

  /** How much and whether at all; limits stay, so that they can be judged later. */
  changeFollow(): void {
    const { choices } = this.means
    const index = choices.whole(0, this.follows.length - 1)
    const before = this.follows[index]!
    const active = this.steady.has(before.followId) || choices.chance(0.6)
    const leverage = choices.oneOf([1, 5, 20])
    const riskPercent = choices.oneOf(['0.5', '1', '3'])
    const after: FollowNews = { ...before, active, leverage, riskPercent, revision: before.revision + 1 }
    this.follows[index] = after
    this.tell((outbox) => outbox.append(followChanged, [after], null))
  }

  /** Somebody leaves: the follow is paused, and nobody expects entries of it any more. */
  leaveStrategy(): FollowNews {
    const index = this.means.choices.whole(0, this.follows.length - 1)
    const before = this.follows[index]!
    const after: FollowNews = { ...before, active: false, revision: before.revision + 1 }
    this.follows[index] = after
    this.steady.delete(after.followId)
    this.tell((outbox) => outbox.append(followChanged, [after], null))
    return after
  }

  /** Paused or resumed by its user. */
  changeAccount(): void {
    const { choices, terms, time } = this.means
    const accountId = choices.oneOf(this.accountIds)
    const active = this.activity.get(accountId) === false
    const changedAt = time.now().toISOString()
    this.activity.set(accountId, active)
    const news = {
      accountId,
      userId: nobody,
      venue: terms.venue,
      environment: onlyEnvironment,
      label: 'account',
      changedAt,
    }
    this.tell((outbox) => outbox.append(accountChanged, [{ ...news, active }], null))
  }

  /** Of everyone or of an account, said anew as a whole. */
  changeSettings(): void {
    const { choices } = this.means
    const index = choices.whole(0, this.layers.length - 1)
    const { scopeId, revision } = this.layers[index]!
    const after: SettingsNews = { ...this.layerOf(scopeId), revision: revision + 1 }
    this.layers[index] = after
    this.tell((outbox) => outbox.append(settingsChanged, [after], null))
  }

  changeStrategy(): void {
    const { choices } = this.means
    const index = choices.whole(0, this.strategies.length - 1)
    const before = this.strategies[index]!
    const after: StrategyNews = { ...before, active: choices.chance(0.8), revision: before.revision + 1 }
    this.strategies[index] = after
    this.tell((outbox) => outbox.append(strategyChanged, [after], null))
  }

  /** Accepted now; told at once or late, perhaps once more by another event, perhaps with little time left. */
  signal(): void {
    const { choices } = this.means
    const data = this.signalOf()
    this.signals.push(data)
    const tellAgain = (): void => this.tell((outbox) => outbox.append(signalAccepted, [data], null))
    if (choices.chance(0.2)) setTimeout(tellAgain, choices.whole(1, lateMostMs))
    else tellAgain()
    if (choices.chance(0.2)) setTimeout(tellAgain, choices.whole(1, lateMostMs))
  }

  private signalOf(): SignalData {
    const { choices, time, terms } = this.means
    // Coins cannot be sold short: such a signal is refused.
    const long = choices.chance(terms.coins ? 0.93 : 0.6)
    const first = choices.chance(0.7)
    const symbol = terms.symbols[first ? 0 : 1]
    const price = Number(this.means.price(symbol).toString())
    const away = (points: number): string => String(price + (long ? points : -points))
    const now = time.now()
    const leftMs = choices.chance(0.15) ? choices.whole(0, shortExpiryMostMs) : expiryMs
    return {
      signalId: signalIdOf(now, this.signals.length),
      strategyId: this.strategies[first ? 0 : 1]!.strategyId,
      source: choices.chance(0.9) ? 'TRADINGVIEW' : 'OPERATOR',
      venue: terms.venue,
      symbol,
      side: long ? 'buy' : 'sell',
      entryType: choices.chance(0.25) ? 'limit' : 'market',
      price: String(price),
      // A stop on the wrong side is refused for everybody.
      stop: { price: away(choices.chance(0.05) ? 400 : -400), type: choices.chance(0.2) ? 'limit' : 'market' },
      targets: [400, 800, 1_200, 1_600].slice(0, choices.whole(1, 4)).map(away),
      trailing: choices.chance(0.3) ? { triggerPercent: '50', callbackRatePercent: '1' } : null,
      receivedAt: now.toISOString(),
      expiresAt: new Date(now.getTime() + leftMs).toISOString(),
    }
  }

  private tell(append: (outbox: OutboxBuffer) => void): void {
    const { time, ids, publish } = this.means
    const outbox = new OutboxBuffer(time, ids)
    append(outbox)
    publish(outbox.take())
  }

  private strategyOf(index: number): StrategyNews {
    const { venue, symbols } = this.means.terms
    return {
      strategyId: uuidOfHash(`strategy ${index}`),
      ownerId: nobody,
      name: `strategy ${index}`,
      venue,
      symbol: symbols[index === 0 ? 0 : 1],
      entryType: 'market',
      active: true,
      revision: 1,
      ...(this.means.choices.chance(0.3) ? { settings: { maxNotional: '400000' } } : {}),
    }
  }

  private layerOf(accountId: string | null): SettingsNews {
    const { choices } = this.means
    const settings = {
      ...(choices.chance(0.2) ? { maxNotional: choices.oneOf(['30000', '80000']) } : {}),
      ...(choices.chance(0.2) ? { maxPositions: choices.oneOf([1, 2]) } : {}),
      ...(choices.chance(0.1) ? { maxRiskPercent: '2' } : {}),
      ...(choices.chance(0.1) ? lossLimitOf(choices) : {}),
    }
    const scope = accountId === null ? 'platform' : 'account'
    return { scope, scopeId: accountId, userId: accountId === null ? null : nobody, settings, revision: 1 }
  }

  private followOf(index: number, account: number, strategy: number): FollowNews {
    const { choices, seed } = this.means
    return {
      followId: uuidOfHash(`follow ${index} of ${seed}`),
      strategyId: this.strategies[strategy]!.strategyId,
      accountId: this.accountIds[account]!,
      userId: nobody,
      riskProfileId: uuidOfHash('profile'),
      riskPercent: '1',
      leverage: choices.oneOf([5, 20]),
      maxNotional: choices.chance(0.3) ? '60000' : null,
      active: true,
      revision: 1,
      settings: settingsOf(choices),
    }
  }
}

/** The day of some begins while the world lasts, and with it what was lost is forgotten. */
function lossLimitOf(choices: Choices): TradeSettings {
  const action = choices.oneOf(['refuse', 'flatten'] as const)
  const lossLimits = choices.oneOf([
    { dayPercent: '50', action },
    { dayAmount: '40000', weekPercent: '80', action },
    { lifetimePercent: '60', action },
  ])
  const tradingDay = { timeZone: 'UTC', from: '12:00' }
  return { lossLimits, ...(choices.chance(0.5) ? { tradingDay } : {}) }
}

/** Now and then something of each kind. */
function settingsOf(choices: Choices): TradeSettings {
  const sizing = choices.oneOf([
    { mode: 'risk-percent', value: '2' },
    { mode: 'fixed-quantity', value: '0.25' },
    { mode: 'fixed-notional', value: '9000' },
    { mode: 'equity-percent', value: '90' },
    { mode: 'free-percent', value: '60' },
  ] as const)
  return {
    ...(choices.chance(0.6) ? { sizing } : {}),
    ...(choices.chance(0.3) ? { multiplier: choices.oneOf(['0.5', '3']) } : {}),
    ...(choices.chance(0.3) ? { roundUpPercentMax: '50' } : {}),
    ...(choices.chance(0.3) ? { maxQuantity: '0.5' } : {}),
    ...(choices.chance(0.4) ? { maxPositions: 1 } : {}),
    ...(choices.chance(0.2) ? { maxRiskPercent: '2' } : {}),
    ...(choices.chance(0.5) ? { onOpenPosition: choices.oneOf(['refuse', 'replace'] as const) } : {}),
    ...(choices.chance(0.5) ? { moveStopToEntryAfterTarget: choices.whole(1, 2), moveStopOffsetPercent: '0.1' } : {}),
    ...(choices.chance(0.5) ? { onStopFailure: choices.oneOf(['alert', 'flatten'] as const) } : {}),
    ...(choices.chance(0.2) ? { sides: [choices.oneOf(['buy', 'sell'] as const)] } : {}),
    ...(choices.chance(0.25) ? lossLimitOf(choices) : {}),
  }
}

/** Ordered by time, as the service's own ids are. */
function signalIdOf(now: Date, number: number): string {
  const time = now.getTime().toString(16).padStart(12, '0')
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-${String(number).padStart(12, '0')}`
}
