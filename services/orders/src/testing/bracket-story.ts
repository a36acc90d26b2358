/**
 * Drives one bracket by hand and keeps what it asked for. Called by the specs of the domain.
 * Must never be imported by the service.
 */
import { advance, type Step } from '../domain/bracket/advance.ts'
import type { Bracket, BracketNews } from '../domain/bracket/bracket.ts'
import { exitPolicyDefault } from '../domain/bracket/decision.ts'
import type { ExitRules } from '../domain/bracket/exit-rules.ts'
import type { LegNews } from '../domain/bracket/leg.ts'
import type { SignalPlan } from '../domain/planning/signal-plan.ts'
import { at, bracketOf, d, newsOf, planOf, type Told } from './bracket-fixtures.ts'

export class Story {
  bracket: Bracket
  readonly plan: SignalPlan
  last: Step | undefined
  /** Whether nothing of other brackets of the account can be why a close is refused. */
  isAlone = true
  readonly events: Step['events'][number][] = []

  constructor(plan: SignalPlan = planOf(), quantity = '0.9', exits?: ExitRules) {
    this.plan = plan
    this.bracket = bracketOf(plan, d(quantity), exits)
  }

  tell(leg: string, news: LegNews, told: Told = {}): string[] {
    return this.take([newsOf(this.bracket, leg, news, told)], told.atMs ?? 5)
  }

  /** What follows, as words: "+stop-1 0.9" is submitted, "-stop-1" is cancelled, "opened" is told. */
  take(news: readonly BracketNews[], nowMs: number): string[] {
    const step = advance(this.bracket, news, {
      plan: this.plan,
      policy: exitPolicyDefault,
      isAlone: this.isAlone,
      now: at(nowMs),
    })
    this.bracket = step.bracket
    this.last = step
    this.events.push(...step.events)
    return [
      ...step.submits.map((leg) => `+${leg.leg} ${leg.quantity}`),
      ...step.cancels.map((leg) => `-${leg.leg}`),
      ...step.events.map((event) => event.kind),
      ...step.protection.map((news) => (news.kind === 'unprotected' ? `unprotected, ${news.follows}` : news.kind)),
    ]
  }

  /** Filled at 40000, stop standing, targets working. */
  opened(): this {
    this.tell('entry', 'filled', { filled: '0.9', price: '40000', fee: '14.4' })
    this.tell('stop-1', 'accepted', { atMs: 45 })
    // The targets follow the stop.
    for (const target of ['target-1', 'target-2', 'target-3']) this.tell(target, 'accepted', { atMs: 46 })
    return this
  }
}
