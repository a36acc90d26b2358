/**
 * Asks for what an engaged switch demands: the end of resting entries, the close of positions. A process that ends in
 * the middle leaves it to the next turn. Releases those whose time has come. Called when one is engaged and by a timer.
 * Must never send an entry, nor end a switch that only a person may release, nor let one switch wait for another.
 */
// tidy-allow ratchet-use-case-methods: the one that was just engaged, and those that a dead process left
import { Injectable } from '@nestjs/common'
import { riskReleased } from '@tradewire/contracts/events/orders'
import { Database } from '@tradewire/database/database'
import { Clock } from '@tradewire/kernel/clock'
import type { AccountId, FollowId, StrategyId } from '@tradewire/kernel/ids'
import { type KillSwitch, releasedOf } from '../../domain/stopping/kill-switch.ts'
import type { BracketScope } from '../../ports/brackets.port.ts'
import { KillSwitches } from '../../ports/kill-switches.port.ts'
import { CloseOpenBrackets } from '../close-open-brackets/close-open-brackets.use-case.ts'

@Injectable()
export class ApplyKillSwitches {
  constructor(
    private readonly database: Database,
    private readonly killSwitches: KillSwitches,
    private readonly closeOpenBrackets: CloseOpenBrackets,
    private readonly clock: Clock,
  ) {}

  async execute(): Promise<void> {
    const failed: unknown[] = []
    for (const killSwitch of await this.killSwitches.unapplied()) {
      await this.one(killSwitch).catch((error: unknown) => failed.push(error))
    }
    const now = this.clock.now()
    await this.database.transact(async (tx) => {
      const ended = await this.killSwitches.releaseEnded(tx, now)
      tx.append(
        riskReleased,
        ended.map((one) => releasedOf(one, null, now)),
      )
    })
    // The next turn tries again.
    if (failed.length > 0) throw new AggregateError(failed, 'not all that kill switches demand could be asked for')
  }

  /** Answers how many brackets are being closed by it. */
  async one(killSwitch: KillSwitch): Promise<number> {
    if (killSwitch.mode === 'exit-only') return 0
    const closing = await this.closeOpenBrackets.execute(scopeOf(killSwitch), {
      entriesOnly: killSwitch.mode === 'halt',
    })
    await this.killSwitches.markApplied(killSwitch.id, this.clock.now())
    return closing
  }
}

function scopeOf({ scope, scopeId }: KillSwitch): BracketScope {
  switch (scope) {
    case 'platform':
      return {}
    case 'strategy':
    case 'source':
      return { strategyId: scopeId as StrategyId }
    case 'follow':
      return { followId: scopeId as FollowId }
    case 'account':
      return { accountId: scopeId as AccountId }
  }
}
