/**
 * What `orders` knows of strategies, follows, accounts, balances and instruments, in memory.
 * Called through the service's own port. Must never be kinder than the SQL it stands for.
 */
import type { Transaction } from '@tradewire/database/transaction'
import { decimal } from '@tradewire/kernel/decimal'
import type { FollowId, StrategyId, UserId } from '@tradewire/kernel/ids'
import type { BasicSettings, SettingsByLayer } from '@tradewire/orders/domain/sizing/settings'
import {
  type AccountChange,
  type AccountNews,
  type BalanceNews,
  Facts,
  type FollowNews,
  type InstrumentNews,
  type SettingsNews,
  type StrategyNews,
} from '@tradewire/orders/ports/facts.port'
import type { TradeSettings } from '@tradewire/contracts/trade-settings'
import type { Defects } from '../defects.ts'
import { type MemoryTransaction, Table } from './memory-database.ts'
import { History } from './history.ts'
import type { VirtualTime } from '../virtual-time.ts'

export function layerKeyOf(scope: SettingsNews['scope'], scopeId: string | null): string {
  return `settings ${scope} ${scopeId}`
}

export function basicSettingsOf({ riskPercent, leverage, maxNotional }: FollowNews): BasicSettings {
  return {
    riskPercent: decimal(riskPercent),
    leverage,
    maxNotional: maxNotional === null ? null : decimal(maxNotional),
  }
}

export class MemoryFacts extends Facts {
  readonly strategies = new Table<StrategyNews>()
  readonly follows = new Table<FollowNews>()
  /** What is said for everyone and for accounts. */
  readonly layers = new Table<SettingsNews>()
  readonly accounts = new Table<AccountNews>()
  /** Those of an account that is not in here are as it was connected: active. */
  readonly accountChanges = new Table<AccountChange>()
  /** By account: all of them are paid in one currency here. */
  readonly balances = new Table<BalanceNews>()
  readonly instruments = new Table<InstrumentNews>()
  /** All that a layer has said, and whether an account was active. */
  readonly said: History<TradeSettings>
  readonly activity: History<boolean>
  private readonly defects: Defects
  private readonly time: VirtualTime

  constructor(defects: Defects, time: VirtualTime) {
    super()
    this.defects = defects
    this.time = time
    const nowMs = () => time.now().getTime()
    this.said = new History(nowMs)
    this.activity = new History(nowMs)
  }

  now(): Date {
    return this.time.now()
  }

  layersOf(follow: FollowNews, tx?: Transaction): SettingsByLayer {
    return {
      platform: this.layers.get(layerKeyOf('platform', null), tx)?.settings ?? null,
      strategy: this.strategies.get(follow.strategyId, tx)?.settings ?? null,
      'risk profile': follow.profileSettings ?? null,
      follow: follow.settings ?? null,
      account: this.layers.get(layerKeyOf('account', follow.accountId), tx)?.settings ?? null,
    }
  }

  rememberStrategies(tx: Transaction, news: readonly StrategyNews[]): Promise<void> {
    return this.remember(tx, this.strategies, { news, keyOf: (one) => one.strategyId, stampOf: (one) => one.revision })
  }

  rememberFollows(tx: Transaction, news: readonly FollowNews[]): Promise<void> {
    return this.remember(tx, this.follows, { news, keyOf: (one) => one.followId, stampOf: (one) => one.revision })
  }

  async pauseFollow(tx: Transaction, followId: FollowId, revision: number): Promise<void> {
    const own = tx as MemoryTransaction
    await own.statement()
    await own.lock(`fact ${followId}`)
    const known = this.follows.get(followId, tx)
    const isNews = known !== undefined && known.revision < revision && this.defects.waitsForPauses !== true
    if (isNews) this.follows.put(tx, followId, { ...known, active: false, revision: revision - 1 })
  }

  rememberSettings(tx: Transaction, news: readonly SettingsNews[]): Promise<void> {
    const keyOf = ({ scope, scopeId }: SettingsNews): string => layerKeyOf(scope, scopeId)
    for (const one of news) {
      const key = keyOf(one)
      ;(tx as MemoryTransaction).whenApplied(() => this.said.note(key, this.layers.get(key)!.settings))
    }
    return this.remember(tx, this.layers, { news, keyOf, stampOf: (one) => one.revision })
  }

  rememberAccountChanges(tx: Transaction, news: readonly AccountChange[]): Promise<void> {
    for (const { accountId } of news) {
      const note = () => this.activity.note(accountId, this.accountChanges.get(accountId)!.active)
      ;(tx as MemoryTransaction).whenApplied(note)
    }
    return this.remember(tx, this.accountChanges, {
      news,
      keyOf: (one) => one.accountId,
      stampOf: (one) => one.changedAt,
    })
  }

  rememberAccounts(tx: Transaction, news: readonly AccountNews[]): Promise<void> {
    return this.remember(tx, this.accounts, { news, keyOf: (one) => one.accountId, stampOf: (one) => one.changedAt })
  }

  rememberBalances(tx: Transaction, news: readonly BalanceNews[]): Promise<void> {
    return this.remember(tx, this.balances, { news, keyOf: (one) => one.accountId, stampOf: (one) => one.observedAt })
  }

  rememberInstruments(tx: Transaction, news: readonly InstrumentNews[]): Promise<void> {
    const keyOf = (one: InstrumentNews): string => `${one.venue} ${one.environment} ${one.symbol}`
    return this.remember(tx, this.instruments, { news, keyOf, stampOf: (one) => one.observedAt })
  }

  /** No plan of a user is told here. */
  rememberEntitlements(): Promise<void> {
    return Promise.resolve()
  }

  /** All accounts are in the currency that is traded in. */
  rememberRates(): Promise<void> {
    return Promise.resolve()
  }

  ownerOfStrategy(strategyId: StrategyId): Promise<UserId | undefined> {
    return Promise.resolve(this.strategies.get(strategyId)?.ownerId as UserId | undefined)
  }

  ownerOfFollow(followId: FollowId): Promise<UserId | undefined> {
    return Promise.resolve(this.follows.get(followId)?.userId as UserId | undefined)
  }

  /** Newer news alone changes a row, by its revision or its time. */
  private async remember<News, Stamp extends number | string>(
    tx: Transaction,
    table: Table<News>,
    of: {
      readonly news: readonly News[]
      readonly keyOf: (news: News) => string
      readonly stampOf: (news: News) => Stamp
    },
  ): Promise<void> {
    const own = tx as MemoryTransaction
    await own.statement()
    for (const one of of.news.toSorted((a, b) => (of.keyOf(a) < of.keyOf(b) ? -1 : 1))) {
      const key = of.keyOf(one)
      await own.lock(`fact ${key}`)
      const known = table.get(key, tx)
      const newer = known === undefined || of.stampOf(one) > of.stampOf(known)
      if (newer || this.defects.learnsOldNews === true) table.put(tx, key, one)
    }
  }
}
