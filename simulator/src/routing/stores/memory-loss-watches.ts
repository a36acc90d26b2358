/**
 * Loss limits and from what their losses count, in memory. Called through the service's own port.
 * Must never be kinder than the SQL it stands for.
 */
import { TransactionConflictError } from '@tradewire/database/retryable-error'
import type { Transaction } from '@tradewire/database/transaction'
import { decimal } from '@tradewire/kernel/decimal'
import type { FollowId } from '@tradewire/kernel/ids'
import { type Bases, restarted } from '@tradewire/orders/domain/stopping/loss-limit'
import { resolveSettings } from '@tradewire/orders/domain/sizing/settings'
import type { BalanceNews, FollowNews } from '@tradewire/orders/ports/facts.port'
import { LossWatches, type StoredBases, type WatchedFollow } from '@tradewire/orders/ports/loss-watches.port'
import type { Defects } from '../defects.ts'
import { type MemoryTransaction, Table } from './memory-database.ts'
import type { MemoryBrackets } from './memory-orders.ts'
import { basicSettingsOf, type MemoryFacts } from './memory-facts.ts'

export class MemoryLossWatches extends LossWatches {
  readonly rows = new Table<StoredBases>()
  /** Bases that were moved within their period without a release: must stay empty. */
  readonly moved: string[] = []
  private readonly facts: MemoryFacts
  private readonly brackets: MemoryBrackets
  private readonly defects: Defects

  constructor(facts: MemoryFacts, brackets: MemoryBrackets, defects: Defects) {
    super()
    this.defects = defects
    this.facts = facts
    this.brackets = brackets
  }

  basesOf(followId: string, tx: Transaction): Bases {
    return this.rows.get(followId, tx)?.bases ?? {}
  }

  async watched(tx: Transaction, news: readonly BalanceNews[]): Promise<WatchedFollow[]> {
    await (tx as MemoryTransaction).statement()
    const held = this.brackets.rows.all(tx).flatMap(({ bracket, holdsSlot }) => (holdsSlot ? [bracket.followId] : []))
    const holding = new Set<string>(held)
    return news.flatMap((told) => {
      const own = this.facts.follows.all(tx).filter(({ accountId }) => accountId === told.accountId)
      const follows = own.filter(({ followId, active }) => active || holding.has(followId))
      return follows.map((follow) => this.watchedOf(tx, follow, told)).filter(hasLimit)
    })
  }

  async save(tx: Transaction, changed: readonly StoredBases[]): Promise<void> {
    const own = tx as MemoryTransaction
    await own.statement()
    for (const { followId, bases, revision } of changed.toSorted((a, b) => (a.followId < b.followId ? -1 : 1))) {
      await own.lock(`loss watch ${followId}`)
      const known = this.rows.get(followId, tx)
      if ((known?.revision ?? 0) !== revision) throw new TransactionConflictError('40001', 'other news came first')
      this.noteMoves(followId, known?.bases ?? {}, bases)
      this.rows.put(tx, followId, { followId, bases, revision: revision + 1 })
    }
  }

  async restart(tx: Transaction, followId: string, killSwitchId: string): Promise<void> {
    const own = tx as MemoryTransaction
    await own.statement()
    await own.lock(`loss watch ${followId}`)
    const known = this.rows.get(followId, tx)
    if (known === undefined) return
    await this.save(tx, [{ ...known, bases: restarted(known.bases, killSwitchId) }])
  }

  private watchedOf(tx: Transaction, follow: FollowNews, told: BalanceNews): WatchedFollow {
    const { facts } = this
    const row = this.rows.get(follow.followId, tx)
    const known = facts.balances.get(told.accountId, tx)
    const strategy = facts.strategies.get(follow.strategyId, tx)
    return {
      followId: follow.followId as FollowId,
      userId: follow.userId,
      venue: facts.accounts.get(follow.accountId, tx)?.venue ?? null,
      ownerId: strategy?.ownerId ?? '',
      settings: resolveSettings(basicSettingsOf(follow), facts.layersOf(follow, tx)),
      bases: this.defects.forgetsLossBases === true ? {} : (row?.bases ?? {}),
      revision: row?.revision ?? 0,
      told: equityOf(told),
      known: known === undefined ? null : equityOf(known),
    }
  }

  private noteMoves(followId: string, before: Bases, after: Bases): void {
    for (const [period, basis] of Object.entries(before)) {
      const next = after[period as keyof Bases]
      const isSame = next === undefined || next.startsAt !== basis.startsAt || next.equity === basis.equity
      if (!isSame) this.moved.push(`the basis of follow ${followId} moved from ${basis.equity} to ${next.equity}`)
    }
  }
}

function hasLimit({ settings }: WatchedFollow): boolean {
  return settings.lossLimits.length > 0
}

function equityOf({ currency, equity, observedAt }: BalanceNews) {
  return { currency, equity: decimal(equity), observedAt: new Date(observedAt) }
}
