/**
 * Balances as the venues tell them, published coalesced: after connecting, after fills, on a timer.
 * Called by streams, placement and timers. Must never cost the path of an order a request.
 */
// tidy-allow ratchet-use-case-methods: told, changed, read and published are moments of one balance
import { Injectable } from '@nestjs/common'
import type { VenueBalance } from '@tradewire/broker-kit/broker-session'
import { balanceUpdated } from '@tradewire/contracts/events/brokers'
import { Database } from '@tradewire/database/database'
import { Clock } from '@tradewire/kernel/clock'
import { InjectLogger } from '@tradewire/nest-kit/tokens'
import type { Logger } from '@tradewire/observability/logger'
import { type AccountSession, Sessions } from '#ports/sessions.port'
import { TrackHealth } from '../track-health/track-health.use-case.ts'

interface Told {
  readonly balance: VenueBalance
  readonly observedAt: string
}

/** A fill's balance is read once the account has been quiet for so long. */
const quietMs = 300
const agesEveryMs = 2_000
/** After a restart orders wait for the first reading of their accounts; the balances that were told before it can wait. */
const firstReadAfterMs = 3_000
const readsAtOnceMax = 8
const eventsMax = 1_000
/**
 * A venue that does not answer is away for an account once nothing could be read for so long. Until then its alerts are
 * taken, and their orders wait for the venue: one that is back within seconds costs nobody a position.
 */
const awayAfterMs = 10_000

@Injectable()
export class KeepBalances {
  private readonly pending = new Map<string, Told>()
  private readonly dirtySinceMs = new Map<string, number>()
  private readonly readAtMs = new Map<string, number>()
  private readonly failingSinceMs = new Map<string, number>()
  private agesLookedAt = { accounts: 0, ms: 0 }

  constructor(
    private readonly database: Database,
    private readonly sessions: Sessions,
    private readonly health: TrackHealth,
    private readonly clock: Clock,
    @InjectLogger() private readonly logger: Logger,
  ) {}

  told(accountId: string, balance: VenueBalance): void {
    this.pending.set(accountId, { balance, observedAt: this.clock.now().toISOString() })
    this.readAtMs.set(accountId, this.clock.monotonicMs())
  }

  /** A fill changed it; streams of balances make the read needless. */
  changed(accountId: string): void {
    const session = this.sessions.known(accountId)
    if (session?.definition.capabilities.streams.balances === true && session.session.health().streaming) return
    this.dirtySinceMs.set(accountId, this.clock.monotonicMs())
  }

  /** Publishes what was told since the last call. */
  async publish(): Promise<void> {
    if (this.pending.size === 0) return
    const batch = [...this.pending].slice(0, eventsMax)
    for (const [accountId] of batch) this.pending.delete(accountId)
    try {
      await this.database.transact(async (tx) => {
        tx.append(
          balanceUpdated,
          batch.map(([accountId, { balance, observedAt }]) => ({ accountId, ...balance, observedAt })),
        )
        await Promise.resolve()
      })
    } catch (error) {
      for (const [accountId, told] of batch) if (!this.pending.has(accountId)) this.pending.set(accountId, told)
      this.logger.warn({ err: error }, 'balances could not be published yet')
    }
  }

  /** Reads what fills changed and what is older than `everyMs`. */
  async execute(everyMs: number): Promise<void> {
    const nowMs = this.clock.monotonicMs()
    const due = [...new Set([...this.quiet(nowMs), ...this.aged(nowMs, everyMs)])]
    while (due.length > 0) await Promise.all(due.splice(0, readsAtOnceMax).map((session) => this.read(session)))
  }

  private quiet(nowMs: number): AccountSession[] {
    const found: AccountSession[] = []
    for (const [accountId, dirtyMs] of this.dirtySinceMs) {
      const session = this.sessions.known(accountId)
      if (session === undefined) this.dirtySinceMs.delete(accountId)
      else if (nowMs - dirtyMs >= quietMs) found.push(session)
    }
    return found
  }

  /** Looked for now and then, and at once when accounts have come: with thousands of them it is a long look. */
  private aged(nowMs: number, everyMs: number): readonly AccountSession[] {
    const all = this.sessions.all()
    if (all.length === this.agesLookedAt.accounts && nowMs < this.agesLookedAt.ms + agesEveryMs) return []
    this.agesLookedAt = { accounts: all.length, ms: nowMs }
    return all.filter(({ account }) => nowMs - this.readAt(account.id, nowMs - everyMs + firstReadAfterMs) >= everyMs)
  }

  private readAt(accountId: string, asIfMs: number): number {
    const readAtMs = this.readAtMs.get(accountId) ?? asIfMs
    this.readAtMs.set(accountId, readAtMs)
    return readAtMs
  }

  private async read({ account, session }: AccountSession): Promise<void> {
    this.dirtySinceMs.delete(account.id)
    this.readAtMs.set(account.id, this.clock.monotonicMs())
    const balances = await session.balances()
    if (balances.ok) {
      this.failingSinceMs.delete(account.id)
      const [first] = balances.value
      if (first !== undefined) this.told(account.id, first)
      await this.health.reachable(account.id, account.status)
      return
    }
    const { kind, message } = balances.error
    if (kind === 'auth') {
      await this.health.authFailed(account.id, message)
      return
    }
    const nowMs = this.clock.monotonicMs()
    if (kind === 'connectivity') await this.failed(account.id, nowMs, message)
    // Soon again, but not at once.
    this.dirtySinceMs.set(account.id, nowMs)
  }

  private async failed(accountId: string, nowMs: number, message: string): Promise<void> {
    const sinceMs = this.failingSinceMs.get(accountId) ?? nowMs
    this.failingSinceMs.set(accountId, sinceMs)
    if (nowMs - sinceMs >= awayAfterMs) await this.health.unreachable(accountId, message)
  }
}
