/**
 * Whose plan is premium, by asking billing, with answers kept for a while. Implements the PremiumPlans port.
 * Must never hold up a request for long, nor ask twice for one user at once.
 */
import { Injectable } from '@nestjs/common'
import { RpcClient } from '@tradewire/bus/rpc-client'
import type { Caller } from '@tradewire/contracts/caller'
import { findUserPlans } from '@tradewire/contracts/rpc/billing/user-plans'
import { Clock } from '@tradewire/kernel/clock'
import { NewestKept } from '@tradewire/kernel/newest-kept'
import { PremiumPlans } from '#ports/premium-plans.port'

/** A plan that was paid a moment ago counts after this at the latest. */
const knownForMs = 60_000
/** Asked again soon when billing did not answer; what was known before is true meanwhile. */
const unansweredForMs = 5_000
/** What the first request of a user waits at most. */
const askDeadlineMs = 300

interface Kept {
  readonly premium: boolean
  readonly untilMs: number
}

@Injectable()
export class BillingPremiumPlans extends PremiumPlans {
  private readonly kept = new NewestKept<Kept>()
  private readonly asking = new Map<string, Promise<boolean>>()

  constructor(
    private readonly rpc: RpcClient,
    private readonly clock: Clock,
  ) {
    super()
  }

  async covers(caller: Caller): Promise<boolean> {
    const kept = this.kept.get(caller.userId)
    if (kept !== undefined && kept.untilMs > this.clock.monotonicMs()) return kept.premium
    const asked = this.ask(caller)
    // What was true a minute ago decides while billing is asked once more.
    return kept?.premium ?? asked
  }

  private ask(caller: Caller): Promise<boolean> {
    const { userId } = caller
    const running = this.asking.get(userId)
    if (running !== undefined) return running
    const asked = this.find(caller).finally(() => this.asking.delete(userId))
    this.asking.set(userId, asked)
    return asked
  }

  private async find(caller: Caller): Promise<boolean> {
    const { userId } = caller
    const found = await this.rpc.ask(findUserPlans, { caller, userIds: [userId] }, { deadlineMs: askDeadlineMs })
    const held = found.ok ? found.value.items[0] : undefined
    const isServed = held?.servedUntil === null || new Date(held?.servedUntil ?? 0) > this.clock.now()
    const premium = found.ok ? held !== undefined && held.plan.premium && isServed : this.kept.get(userId)?.premium
    const untilMs = this.clock.monotonicMs() + (found.ok ? knownForMs : unansweredForMs)
    this.kept.keep(userId, { premium: premium ?? false, untilMs })
    return premium ?? false
  }
}
