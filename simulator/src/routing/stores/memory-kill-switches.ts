/**
 * Kill switches in memory. Called through the service's own port. Must never be kinder than the SQL it stands for.
 */
import type { Transaction } from '@tradewire/database/transaction'
import type { StrategyId } from '@tradewire/kernel/ids'
import type { KillSwitch, KillSwitchScope, ReleaseRequest } from '@tradewire/orders/domain/stopping/kill-switch'
import { type KillSwitchFilter, KillSwitches } from '@tradewire/orders/ports/kill-switches.port'
import type { Defects } from '../defects.ts'
import { type MemoryTransaction, Table } from './memory-database.ts'
import type { MemoryFacts } from './memory-facts.ts'

export interface SwitchRow {
  readonly killSwitch: KillSwitch
  readonly request: ReleaseRequest | null
  /** Exit-only asks for nothing. */
  readonly applied: boolean
  /** The number of the commit that released it. */
  readonly releasedCommit: number | null
}

/** Plannings hold it shared for as long as they last. */
export const planningLock = 'planning'
/** Chunks hold it shared that are stored beside their planning. */
export const chunksLock = 'chunks'

export class MemoryKillSwitches extends KillSwitches {
  readonly rows = new Table<SwitchRow>()
  private readonly facts: MemoryFacts
  private readonly defects: Defects

  constructor(facts: MemoryFacts, defects: Defects) {
    super()
    this.facts = facts
    this.defects = defects
  }

  async awaitPlannings(tx: Transaction): Promise<void> {
    const own = tx as MemoryTransaction
    await own.statement()
    if (this.defects.engagesBesidePlanning === true) return
    await own.lock(planningLock)
    await own.lock(chunksLock)
  }

  async engage(tx: Transaction, switches: readonly KillSwitch[]): Promise<void> {
    await (tx as MemoryTransaction).statement()
    for (const killSwitch of switches) {
      const applied = killSwitch.mode === 'exit-only'
      this.rows.put(tx, killSwitch.id, { killSwitch, request: null, applied, releasedCommit: null })
    }
  }

  async releaseEnded(tx: Transaction, now: Date): Promise<KillSwitch[]> {
    const own = tx as MemoryTransaction
    await own.statement()
    const ended: KillSwitch[] = []
    for (const { id } of this.engaged(tx).filter(({ endsAt }) => endsAt !== null && endsAt <= now)) {
      await own.lock(`kill switch ${id}`)
      const row = this.rows.get(id, tx)!
      if (row.killSwitch.releasedAt !== null) continue
      await this.release(tx, id, null, now)
      ended.push({ ...row.killSwitch, releasedAt: now })
    }
    return ended
  }

  async engagedFor(tx: Transaction, strategyId: StrategyId): Promise<KillSwitch[]> {
    await (tx as MemoryTransaction).statement()
    const seen = this.engaged(tx).filter(({ cause, scope }) => {
      return this.defects.overlooksSwitches !== true || (cause === 'command' && scope !== 'source')
    })
    return seen.filter(({ scope, scopeId }) => (scope !== 'strategy' && scope !== 'source') || scopeId === strategyId)
  }

  list({ engagedOnly, limit }: KillSwitchFilter): Promise<KillSwitch[]> {
    const all = engagedOnly ? this.engaged() : this.rows.all().map(({ killSwitch }) => killSwitch)
    return Promise.resolve(all.slice(0, limit))
  }

  async lock(tx: Transaction, id: string) {
    const own = tx as MemoryTransaction
    await own.statement()
    await own.lock(`kill switch ${id}`)
    const row = this.rows.get(id, tx)
    return row && { killSwitch: row.killSwitch, request: row.request }
  }

  async requestRelease(tx: Transaction, id: string, request: ReleaseRequest): Promise<void> {
    await (tx as MemoryTransaction).statement()
    this.rows.put(tx, id, { ...this.rows.get(id, tx)!, request })
  }

  async release(tx: Transaction, id: string, by: string | null, at: Date): Promise<void> {
    const own = tx as MemoryTransaction
    await own.statement()
    const row = this.rows.get(id, tx)!
    const released: SwitchRow = { ...row, killSwitch: { ...row.killSwitch, releasedAt: at, releasedBy: by } }
    this.rows.put(tx, id, released)
    own.whenApplied((commit) => this.rows.commit(id, { ...released, releasedCommit: commit }, commit))
  }

  unapplied(): Promise<KillSwitch[]> {
    const left = this.rows.all().filter(({ applied, killSwitch }) => !applied && killSwitch.releasedAt === null)
    return Promise.resolve(left.map(({ killSwitch }) => killSwitch))
  }

  /** A statement of its own, committed by itself; a release beside it keeps its columns. */
  markApplied(id: string): Promise<void> {
    const row = this.rows.get(id)!
    this.rows.commit(id, { ...row, applied: true }, this.rows.commitOf(id))
    return Promise.resolve()
  }

  ownerOf(scope: Exclude<KillSwitchScope, 'platform'>, scopeId: string): Promise<string | undefined> {
    const owners = {
      strategy: () => this.facts.strategies.get(scopeId)?.ownerId,
      follow: () => this.facts.follows.get(scopeId)?.userId,
      account: () => this.facts.accounts.get(scopeId)?.userId,
      source: () => this.facts.strategies.get(scopeId)?.ownerId,
    }
    return Promise.resolve(owners[scope]())
  }

  private engaged(tx?: Transaction): KillSwitch[] {
    return this.rows.all(tx).flatMap(({ killSwitch }) => (killSwitch.releasedAt === null ? [killSwitch] : []))
  }
}
