/**
 * Moves brackets on by news of any kind: locks them, asks the domain, saves, sends commands and tells of trades.
 * Called by the use cases for order updates, closing and waking, inside their transaction.
 * Must never decide anything itself.
 */
import { Injectable } from '@nestjs/common'
import {
  orderCancel,
  type OrderPurpose,
  orderSubmit,
  positionProtected,
  positionUnprotected,
  tradeClosed,
  tradeOpened,
} from '@tradewire/contracts/events/orders'
import type { Transaction } from '@tradewire/database/transaction'
import { Clock } from '@tradewire/kernel/clock'
import { InjectConfig } from '@tradewire/nest-kit/tokens'
import { Metrics } from '@tradewire/observability/metrics'
import type { OrdersConfig } from '../../config.ts'
import { advance, type Step } from '../../domain/bracket/advance.ts'
import { type Bracket, type BracketNews, isOver } from '../../domain/bracket/bracket.ts'
import { cancelOf, closedOf, openedOf, protectedOf, submitOf, unprotectedOf } from '../../domain/bracket/commands.ts'
import { refusedClose, takesUpSince } from '../../domain/bracket/decide.ts'
import { type ExitPolicy, exitPolicyDefault } from '../../domain/bracket/decision.ts'
import { type Loss, sharesOf } from '../../domain/bracket/loss.ts'
import { positionOf } from '../../domain/bracket/position.ts'
import { takenFromOthers } from '../../domain/bracket/taken.ts'
import type { SignalPlan } from '../../domain/planning/signal-plan.ts'
import { SlotBell } from '../../domain/planning/slot-bell.ts'
import { Brackets, type Holding } from '../../ports/brackets.port.ts'

export interface NewsOfBracket {
  readonly news: readonly BracketNews[]
  /** The trace that what follows belongs to; null for none. */
  readonly trace: string | null
}

/** What an account holds no longer, whoever held it. */
export interface LossOfAccount {
  readonly held: Holding
  readonly loss: Loss
  readonly trace: string | null
}

type NewsById = ReadonlyMap<string, NewsOfBracket>

interface Moved {
  readonly before: Bracket
  readonly plan: SignalPlan
  readonly step: Step
  readonly trace: string | null
}

/** From the end of a trade to the end of its last order. */
const endedLongAgoMs = 3_600_000

/** Lower goes first. */
const urgency: Readonly<Record<OrderPurpose, number>> = { close: 0, stop: 1, entry: 2, trailing: 3, target: 4 }

@Injectable()
export class AdvanceBrackets {
  private readonly policy: ExitPolicy

  constructor(
    @InjectConfig() config: OrdersConfig,
    private readonly brackets: Brackets,
    private readonly clock: Clock,
    private readonly metrics: Metrics,
    private readonly slots: SlotBell,
  ) {
    this.policy = { ...exitPolicyDefault, limitRestMs: config.limitRestMs }
  }

  /** Brackets that do not exist are passed over. Answers those that were found, as they are now. */
  async execute(tx: Transaction, news: NewsById | LossOfAccount): Promise<Bracket[]> {
    const newsById = 'loss' in news ? await this.shared(tx, news) : news
    if (newsById.size === 0) return []
    const locked = await this.meant(tx, await this.brackets.lock(tx, [...newsById.keys()]), newsById)
    const plans = await this.brackets.plansOf(
      tx,
      locked.map(({ signalId }) => signalId),
    )
    const now = this.clock.now().toISOString()
    const alone = await this.alone(tx, locked)
    const moved = locked.flatMap((before): Moved[] => {
      const plan = plans.get(before.signalId)?.[before.environment]
      const { news, trace } = newsById.get(before.bracketId)!
      if (plan === undefined) throw new Error(`bracket ${before.bracketId} has no stored plan`)
      const isAlone = alone.has(before.bracketId)
      return [{ before, plan, trace, step: advance(before, news, { plan, policy: this.policy, now, isAlone }) }]
    })
    await this.brackets.save(tx, moved.map(changeOf))
    if (moved.some(makesRoom)) tx.afterCommit(() => this.slots.ring())
    this.command(tx, moved)
    this.warn(tx, moved, now)
    await this.tell(tx, moved)
    for (const one of moved) await this.takeFromOthers(tx, one, now)
    return moved.map(({ step }) => step.bracket)
  }

  /** A follower may have kept, just before, what was looked up to be closed with the strategy. */
  private async meant(tx: Transaction, locked: Bracket[], newsById: NewsById): Promise<readonly Bracket[]> {
    const spares = ({ bracketId }: Bracket): boolean =>
      newsById.get(bracketId)!.news.some((one) => one.kind === 'close' && one.sparesKept === true)
    const asked = locked.filter(spares).map(({ bracketId }) => bracketId)
    if (asked.length === 0) return locked
    const kept = new Set<string>(await this.brackets.keptIds(tx, asked))
    return locked.filter(({ bracketId }) => !kept.has(bracketId))
  }

  /** The oldest of those that hold some of it lose it first. */
  private async shared(tx: Transaction, { held, loss, trace }: LossOfAccount): Promise<NewsById> {
    const ids = await this.brackets.holdingIds(held)
    const locked = ids.length === 0 ? [] : await this.brackets.lock(tx, ids)
    const remaining = locked.map((bracket) => positionOf(bracket).remaining)
    const shares = sharesOf(loss, remaining)
    const newsOf = (index: number): NewsOfBracket => ({ news: [{ kind: 'loss', loss: shares[index]! }], trace })
    return new Map(locked.map(({ bracketId }, index) => [bracketId, newsOf(index)]))
  }

  /** On a netted account what one trade took too much is what others have lost: the venue shows nothing of it. */
  private async takeFromOthers(
    tx: Transaction,
    { before, step: { bracket }, trace }: Moved,
    now: string,
  ): Promise<void> {
    for (const { filledQuantity, averagePrice, fee, feeCurrency, filledAt } of takenFromOthers(before, bracket)) {
      const told = { quantity: filledQuantity, price: averagePrice, fee, feeCurrency, at: filledAt ?? now }
      const loss = { ...told, reason: 'venue' as const }
      await this.execute(tx, { held: bracket, loss, trace })
    }
  }

  /** Of those whose close found nothing to reduce: beside which nothing of the account can have been why. */
  private async alone(tx: Transaction, locked: readonly Bracket[]): Promise<ReadonlySet<string>> {
    const alone = new Set<string>()
    for (const bracket of locked) {
      const close = refusedClose(bracket)
      if (close === null) continue
      const others = await this.brackets.beside(tx, bracket, new Date(Date.parse(close.submittedAt) - endedLongAgoMs))
      if (!others.some((other) => takesUpSince(other, close))) alone.add(bracket.bracketId)
    }
    return alone
  }

  /**
   * Commands of one trace go out together, so that they still share messages; closes and stops of all brackets go
   * before any target, because what is held waits for them.
   */
  private command(tx: Transaction, moved: readonly Moved[]): void {
    for (const [trace, group] of Map.groupBy(moved, (one) => one.trace)) {
      const submits = group
        .flatMap(({ step, plan }) => step.submits.map((leg) => submitOf(step.bracket, leg, plan.expiresAt)))
        .toSorted((a, b) => urgency[a.purpose] - urgency[b.purpose])
      const cancels = group.flatMap(({ step }) => step.cancels.map((leg) => cancelOf(step.bracket, leg)))
      tx.append(orderSubmit, submits, { trace })
      tx.append(orderCancel, cancels, { trace })
    }
  }

  /** A position without its stop is its owner's business at once, whatever follows by itself. */
  private warn(tx: Transaction, moved: readonly Moved[], now: string): void {
    for (const { step, trace } of moved) {
      const { bracket } = step
      for (const news of step.protection) {
        if (news.kind === 'unprotected') tx.append(positionUnprotected, unprotectedOf(bracket, news, now), { trace })
        else tx.append(positionProtected, protectedOf(bracket, news, now), { trace })
        if (news.kind === 'unprotected' && news.follows !== 'wait') this.countFailure(bracket)
      }
    }
  }

  private countFailure({ exits }: Bracket): void {
    this.metrics
      .counter('stop_failures_total', 'Positions that lost their cover because a stop did not stand, by what follows')
      .add(1, { policy: exits.onStopFailure })
  }

  /** Trade events are numbered per account, without gaps, in the order in which they are committed (rule R17). */
  private async tell(tx: Transaction, moved: readonly Moved[]): Promise<void> {
    const telling = moved.filter(({ step }) => step.events.length > 0)
    if (telling.length === 0) return
    const counts = new Map<string, number>()
    for (const { step } of telling) {
      const { accountId } = step.bracket
      counts.set(accountId, (counts.get(accountId) ?? 0) + step.events.length)
    }
    const last = await this.brackets.countOn(tx, counts)
    const next = new Map([...counts].map(([account, count]) => [account, last.get(account)! - count + 1]))
    for (const { step, trace } of telling) {
      const { bracket } = step
      for (const event of step.events) {
        const sequence = next.get(bracket.accountId)!
        next.set(bracket.accountId, sequence + 1)
        if (event.kind === 'opened') tx.append(tradeOpened, openedOf(bracket, event.trade, sequence), { trace })
        else tx.append(tradeClosed, closedOf(bracket, event.trade, sequence), { trace })
        this.measure(event.kind, bracket)
      }
    }
  }

  private measure(kind: 'opened' | 'closed', { unprotectedMs }: Bracket): void {
    this.metrics.counter('trades_total', 'Trades told, by kind').add(1, { kind })
    if (kind === 'opened') {
      this.metrics
        .histogram('position_unprotected_seconds', 'Held without a standing stop')
        .record(unprotectedMs / 1_000)
    }
  }
}

/** Who waits for this bracket to be proven gone may look now. */
function makesRoom({ before, step: { bracket } }: Moved): boolean {
  return isOver(bracket) && !isOver(before)
}

function changeOf({ before, plan, step }: Moved) {
  const closed = step.events.find((event) => event.kind === 'closed')
  return { before, after: step.bracket, plan, closed: closed?.kind === 'closed' ? closed.trade : null }
}
