/**
 * Engages a kill switch and asks for all cancels and closes that its mode demands.
 * Called by the rpc controller. Must never engage for somebody else's strategy, follow or account.
 */
import { Injectable } from '@nestjs/common'
import { type Caller, isOperator, maySee, visibleTo } from '@tradewire/contracts/caller'
import type { RequestOf } from '@tradewire/contracts/define-rpc'
import { riskTripped } from '@tradewire/contracts/events/orders'
import type { engageKillSwitch, KillSwitchReply } from '@tradewire/contracts/rpc/kill-switches'
import { Database } from '@tradewire/database/database'
import { Clock } from '@tradewire/kernel/clock'
import type { CodedError } from '@tradewire/kernel/errors'
import { IdSource } from '@tradewire/kernel/ids'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { type KillSwitch, type KillSwitchScope, trippedOf } from '../../domain/stopping/kill-switch.ts'
import { ordersErrors } from '../../orders.errors.ts'
import { KillSwitches } from '../../ports/kill-switches.port.ts'
import { ApplyKillSwitches } from '../apply-kill-switches/apply-kill-switches.use-case.ts'
import { killSwitchReply } from '../list-kill-switches/list-kill-switches.use-case.ts'

export interface Engaged {
  readonly killSwitch: KillSwitchReply
  readonly closing: number
}

@Injectable()
export class EngageKillSwitch {
  constructor(
    private readonly database: Database,
    private readonly killSwitches: KillSwitches,
    private readonly apply: ApplyKillSwitches,
    private readonly clock: Clock,
    private readonly ids: IdSource,
  ) {}

  async execute(request: RequestOf<typeof engageKillSwitch>): Promise<Result<Engaged, CodedError>> {
    const { caller, scope, mode, reason } = request
    const scopeId = request.scopeId ?? null
    const refusal = await this.refusal(caller, scope, scopeId)
    if (refusal !== null) return err(refusal)
    const engagedAt = this.clock.now()
    const killSwitch: KillSwitch = {
      id: this.ids.next(),
      scope,
      scopeId,
      mode,
      cause: 'command',
      reason,
      loss: null,
      engagedBy: caller.userId,
      byOperator: isOperator(caller),
      engagedAt,
      endsAt: null,
      releasedAt: null,
      releasedBy: null,
    }
    await this.database.transact(async (tx) => {
      await this.killSwitches.awaitPlannings(tx)
      await this.killSwitches.engage(tx, [killSwitch])
      tx.append(riskTripped, trippedOf(killSwitch))
    })
    const closing = await this.apply.one(killSwitch)
    return ok({ killSwitch: killSwitchReply(killSwitch), closing })
  }

  private async refusal(caller: Caller, scope: KillSwitchScope, scopeId: string | null): Promise<CodedError | null> {
    if ((scope === 'platform') !== (scopeId === null)) return ordersErrors.of('KILL_SWITCH_SCOPE_INCOMPLETE')
    if (scope === 'platform') return isOperator(caller) ? null : ordersErrors.of('KILL_SWITCH_NOT_ALLOWED')
    const ownerId = await this.killSwitches.ownerOf(scope, scopeId!, visibleTo(caller))
    return ownerId !== undefined && maySee(caller, ownerId) ? null : ordersErrors.of('KILL_SWITCH_NOT_ALLOWED')
  }
}
