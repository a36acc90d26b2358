/**
 * One pass over an account: what we believe against what its venue shows, and what follows from it.
 * Called by watch-accounts, always the same way. Must never trade, and never touch what is not ours: it only learns.
 */
import { Injectable } from '@nestjs/common'
import { InjectLogger } from '@tradewire/nest-kit/tokens'
import type { Logger } from '@tradewire/observability/logger'
import { ZERO } from '@tradewire/kernel/decimal'
import type { Attempt } from '#domain/attempt/attempt'
import { Desk, type HeldPartition } from '#domain/sending/desk'
import { type DriftFinding, keyOf } from '#domain/reconcile/drift'
import type { Holding } from '#domain/reconcile/holding'
import { type Outcome, reconcile } from '#domain/reconcile/reconcile'
import type { Sightings } from '#domain/reconcile/sighting'
import { type Conclusion, Reconciliations } from '#ports/reconciliations.port'
import type { AccountSession } from '#ports/sessions.port'
import { TakeFindings } from '../take-findings/take-findings.use-case.ts'
import { type Reading, ReadVenue } from '../read-venue/read-venue.use-case.ts'

interface Memory {
  readonly generation: string
  readonly firstReadAt: Date | null
  readonly holdings: ReadonlyMap<string, Holding>
  readonly open: ReadonlyMap<string, DriftFinding>
  readonly sightings: Sightings
  /** Symbols whose fills are to be counted with the next pass, by when that was noted. */
  readonly touched: ReadonlyMap<string, number>
}

export interface PassResult {
  readonly read: boolean
  /** Something was seen that a second look must confirm. */
  readonly lookAgainMs: number | null
  /** Orders of ours hold a position. */
  readonly holds: boolean
  /** What was not known before. */
  readonly found: readonly DriftFinding[]
}

const unread: PassResult = { read: false, lookAgainMs: null, holds: true, found: [] }

@Injectable()
export class ReconcileAccount {
  private readonly memories = new Map<string, Memory>()

  constructor(
    private readonly desk: Desk,
    private readonly venue: ReadVenue,
    private readonly books: Reconciliations,
    private readonly findings: TakeFindings,
    @InjectLogger() private readonly logger: Logger,
  ) {}

  /** Never rejects: a pass that fails is one that has not read. */
  async execute(opened: AccountSession): Promise<PassResult> {
    const { account } = opened
    const held = this.desk.heldPartition(account.partition)
    if (held === undefined) return unread
    const filled = this.desk.takeFilled(account.id)
    const result = await this.pass(opened, held, filled).catch((error: unknown) => {
      // Perhaps it was stored all the same: what is stored decides.
      this.memories.delete(account.id)
      this.logger.warn({ err: error, accountId: account.id }, 'reconciling an account failed; it is tried again')
      return unread
    })
    if (!result.read) for (const [symbol, atMs] of filled) this.desk.noteFill({ accountId: account.id, symbol }, atMs)
    return result
  }

  private async pass(
    opened: AccountSession,
    held: HeldPartition,
    filled: ReadonlyMap<string, number>,
  ): Promise<PassResult> {
    const known = await this.memoryOf(opened.account.id, held)
    const memory = { ...known, touched: new Map([...known.touched, ...filled]) }
    const reading = await this.venue.execute(opened, { ...memory, touched: new Set(memory.touched.keys()) })
    return reading === null ? unread : this.conclude(opened, held, memory, reading)
  }

  private async memoryOf(accountId: string, { generation }: HeldPartition): Promise<Memory> {
    const known = this.memories.get(accountId)
    if (known?.generation === generation) return known
    const { firstReadAt, holdings, open } = await this.books.load(accountId)
    return {
      generation,
      firstReadAt,
      holdings: new Map(holdings.map((holding) => [holding.symbol, holding])),
      open: new Map(open.map((finding) => [keyOf(finding), finding])),
      sightings: new Map(),
      // Fills that were heard before this process held the account nobody has noted. Those to come are noted as they come.
      touched: new Map(this.desk.ofAccount(accountId).flatMap(({ attempt }) => touchedBy(attempt))),
    }
  }

  private async conclude(
    opened: AccountSession,
    held: HeldPartition,
    memory: Memory,
    reading: Reading,
  ): Promise<PassResult> {
    const { account } = opened
    const { belief, view, lagMs, nowMs } = reading
    const outcome = reconcile(belief, view, { nowMs, lagMs })
    if (!(await this.findings.execute(opened, reading, outcome))) return unread
    const conclusion = conclusionOf(memory, outcome, view.readAt)
    if (memory.firstReadAt === null || isNews(conclusion)) {
      if (!(await this.books.conclude(account, held, conclusion))) {
        this.memories.delete(account.id)
        return unread
      }
    }
    const holdings = new Map([...memory.holdings, ...outcome.holdings.map((each) => [each.symbol, each] as const)])
    this.memories.set(account.id, {
      generation: held.generation,
      firstReadAt: memory.firstReadAt ?? view.readAt,
      holdings,
      open: new Map(outcome.standing.map((finding) => [keyOf(finding), finding])),
      sightings: outcome.sightings,
      // The venue's trades may be behind its news by the read lag.
      touched: new Map(
        [...memory.touched].filter(([symbol, atMs]) => nowMs - atMs < lagMs || outcome.doubted.has(symbol)),
      ),
    })
    const holds = [...holdings.values()].some(({ own }) => !own.eq(ZERO))
    const found = [...conclusion.opened, ...conclusion.passed]
    return { read: true, lookAgainMs: outcome.sightings.size > 0 ? lagMs : null, holds, found }
  }
}

function touchedBy({ command, filledQuantity }: Attempt): (readonly [string, number])[] {
  return filledQuantity === '0' ? [] : [[command.symbol, 0]]
}

function conclusionOf(memory: Memory, outcome: Outcome, readAt: Date): Conclusion {
  const standing = new Set(outcome.standing.map(keyOf))
  const differs = (finding: DriftFinding): boolean => {
    const known = memory.open.get(keyOf(finding))
    return known === undefined || JSON.stringify(known.details) !== JSON.stringify(finding.details)
  }
  return {
    readAt,
    holdings: outcome.holdings,
    opened: outcome.standing.filter(differs),
    resolved: [...memory.open].flatMap(([key, finding]) => (standing.has(key) ? [] : [finding])),
    passed: outcome.passed,
    losses: outcome.losses,
  }
}

function isNews({ holdings, opened, resolved, passed, losses }: Conclusion): boolean {
  return [holdings, opened, resolved, passed, losses].some((part) => part.length > 0)
}
