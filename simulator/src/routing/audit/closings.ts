/**
 * What was asked to close or to be left, by followers and by the owners of strategies, and what must have come of it.
 * Called by the world. Must never take the planner's word: it goes by what was asked, told and stored.
 */
import type { waysToLeave } from '@tradewire/contracts/rpc/orders'
import type { FactsSource } from '../parts/facts-source.ts'
import type { MemoryKillSwitches } from '../stores/memory-kill-switches.ts'
import { type BracketRow, hasOrders, type MemoryBrackets } from '../stores/memory-orders.ts'
import { concerns } from './planning-audit.ts'

type Way = 'close' | (typeof waysToLeave.options)[number]

interface Question {
  readonly followId?: string
  readonly strategyId?: string
  readonly way: Way
  /** Of a leaving, the revision by which its follow was paused. */
  readonly revision?: number
}

interface Asked extends Question {
  /** The last commit before the question. */
  readonly commit: number
  isAnswered: boolean
  /** What followers had kept by then: the end of a strategy spares it, also when they leave otherwise later. */
  kept: ReadonlySet<string>
}

export interface ClosingsMeans {
  readonly source: FactsSource
  readonly brackets: MemoryBrackets
  readonly killSwitches: MemoryKillSwitches
  readonly commitCount: () => number
}

const ended: ReadonlySet<string> = new Set(['denied', 'closed', 'failed'])
const entering: ReadonlySet<string> = new Set(['waiting', 'planned', 'entering'])
const holding: ReadonlySet<string> = new Set(['open', 'protected'])
const ends: ReadonlySet<Way> = new Set(['close', 'close_now'])

export class Closings {
  private readonly problems: string[] = []
  private readonly asked: Asked[] = []
  private readonly means: ClosingsMeans

  constructor(means: ClosingsMeans) {
    this.means = means
  }

  /** Notes the question before it is asked, and the answer when it comes. Who is not answered was promised nothing. */
  async ask(question: Question, ask: (() => Promise<{ readonly ok: boolean }>) | undefined): Promise<void> {
    if (ask === undefined) return
    const one: Asked = { ...question, commit: this.means.commitCount(), isAnswered: false, kept: this.kept() }
    this.asked.push(one)
    const answer = await ask().catch(() => ({ ok: false }))
    one.kept = new Set([...one.kept, ...this.kept()])
    one.isAnswered = answer.ok
  }

  get left(): number {
    return this.asked.filter(({ revision, isAnswered }) => revision !== undefined && isAnswered).length
  }

  /** At the commit of a new bracket: who has been told that they have left gets none, until they follow again. */
  planned({ bracket }: BracketRow): void {
    const follow = this.means.source.follows.find(({ followId }) => followId === bracket.followId)
    const hasLeft = this.asked.some(({ followId, revision, isAnswered }) => {
      return isAnswered && followId === bracket.followId && revision === follow?.revision
    })
    if (hasLeft && hasOrders(bracket)) this.problems.push(`bracket ${bracket.bracketId} was planned for who had left`)
  }

  /** What is missing as long as the world is not at rest. */
  unrest(except: ReadonlySet<string>): string[] {
    const rows = this.means.brackets.rows.all().filter(({ bracket }) => !except.has(bracket.accountId))
    const answered = this.asked.filter(({ isAnswered }) => isAnswered)
    return [
      ...answered.flatMap((one) => this.notEnded(one, rows)),
      ...rows
        .filter((row) => this.outlivesItsStrategy(row))
        .map(({ bracket }) => {
          return `bracket ${bracket.bracketId} was left to end with its strategy, and that has turned`
        }),
    ]
  }

  /** What a follower has kept is ended by nothing that the strategy does. */
  always(): string[] {
    const taken = this.means.brackets.rows.all().filter(({ bracket: { closing }, left }) => {
      return left?.as === 'kept' && closing !== null && new Date(closing.at) > left.at
    })
    const wrongly = taken.filter(({ bracket }) => {
      return bracket.closing!.cause === 'reversal' || (bracket.closing!.cause === 'command' && !this.mayClose(bracket))
    })
    const closed = wrongly.map(
      ({ bracket }) => `bracket ${bracket.bracketId} was kept, and closed: ${bracket.closing!.cause}`,
    )
    return [...this.problems, ...closed]
  }

  private kept(): ReadonlySet<string> {
    const rows = this.means.brackets.rows.all().filter(({ left }) => left?.as === 'kept')
    return new Set(rows.map(({ bracket }) => bracket.bracketId))
  }

  private notEnded({ followId, strategyId, way, commit, kept }: Asked, rows: readonly BracketRow[]): string[] {
    const { rows: table } = this.means.brackets
    const wrong = ends.has(way) ? { has: (state: string) => !ended.has(state) } : entering
    const left = rows.filter(({ bracket, left: leaving }) => {
      const isKept = leaving?.as === 'kept' || kept.has(bracket.bracketId)
      const isMeant = bracket.followId === followId || (bracket.strategyId === strategyId && !isKept)
      return isMeant && table.commitOf(bracket.bracketId) <= commit && wrong.has(bracket.state)
    })
    return left.map(({ bracket }) => `bracket ${bracket.bracketId} is ${bracket.state} although ${way} was answered`)
  }

  private outlivesItsStrategy({ bracket, left }: BracketRow): boolean {
    const { brackets, source } = this.means
    const isPaused = source.follows.some(({ followId, active }) => followId === bracket.followId && !active)
    if (left?.as !== 'gracefully' || !isPaused || bracket.closing !== null || !holding.has(bracket.state)) return false
    const own = brackets.signals.get(bracket.signalId)!.signal
    return brackets.signals.all().some(({ signal, denial }) => {
      const isOther = signal.side !== bracket.side && signal.symbol === bracket.symbol
      return isOther && denial === null && signal.strategyId === own.strategyId && signal.receivedAt > own.receivedAt
    })
  }

  /** By its follower's own hand, or because everything of its scope is flattened. */
  private mayClose(bracket: BracketRow['bracket']): boolean {
    const { killSwitches, source } = this.means
    const isAsked = this.asked.some(({ followId, way }) => followId === bracket.followId && ends.has(way))
    const switches = killSwitches.rows.all().map(({ killSwitch }) => killSwitch)
    return isAsked || switches.some((one) => one.mode !== 'exit-only' && concerns(one, bracket, source))
  }
}
