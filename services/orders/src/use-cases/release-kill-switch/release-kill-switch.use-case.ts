/**
 * Takes a kill switch back, in two steps: a request answers a confirmation, and only that confirmation releases.
 * Called by the rpc controller. Must never let anyone but an operator release what an operator has engaged.
 */
// tidy-allow ratchet-use-case-methods: the two steps of one release
import { Injectable } from '@nestjs/common'
import { type Caller, isOperator } from '@tradewire/contracts/caller'
import { riskReleased } from '@tradewire/contracts/events/orders'
import type { KillSwitchReply } from '@tradewire/contracts/rpc/kill-switches'
import { Database } from '@tradewire/database/database'
import type { Transaction } from '@tradewire/database/transaction'
import { Clock } from '@tradewire/kernel/clock'
import type { CodedError } from '@tradewire/kernel/errors'
import { Randomness } from '@tradewire/kernel/randomness'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { createHash } from 'node:crypto'
import {
  confirmationFault,
  confirmWithinMs,
  type KillSwitch,
  releasedOf,
  type ReleaseRequest,
} from '../../domain/stopping/kill-switch.ts'
import { ordersErrors } from '../../orders.errors.ts'
import { KillSwitches } from '../../ports/kill-switches.port.ts'
import { LossWatches } from '../../ports/loss-watches.port.ts'
import { killSwitchReply } from '../list-kill-switches/list-kill-switches.use-case.ts'

const confirmationBytes = 8

type Locked = Result<{ readonly killSwitch: KillSwitch; readonly request: ReleaseRequest | null }, CodedError>

@Injectable()
export class ReleaseKillSwitch {
  constructor(
    private readonly database: Database,
    private readonly killSwitches: KillSwitches,
    private readonly lossWatches: LossWatches,
    private readonly clock: Clock,
    private readonly randomness: Randomness,
  ) {}

  request(caller: Caller, id: string): Promise<Result<{ confirmation: string; expiresAt: string }, CodedError>> {
    return this.database.transact(async (tx) => {
      const locked = await this.lock(tx, caller, id)
      if (!locked.ok) return locked
      const confirmation = this.randomness.bytes(confirmationBytes).toString('hex')
      const requestedAt = this.clock.now()
      await this.killSwitches.requestRelease(tx, id, { digest: digestOf(confirmation), requestedAt })
      return ok({ confirmation, expiresAt: new Date(requestedAt.getTime() + confirmWithinMs).toISOString() })
    })
  }

  confirm(caller: Caller, id: string, confirmation: string): Promise<Result<KillSwitchReply, CodedError>> {
    return this.database.transact(async (tx) => {
      const locked = await this.lock(tx, caller, id)
      if (!locked.ok) return locked
      const { killSwitch, request } = locked.value
      const now = this.clock.now()
      const fault = confirmationFault(request, digestOf(confirmation), now)
      if (fault !== null) return err(ordersErrors.of(fault))
      await this.killSwitches.release(tx, id, caller.userId, now)
      if (killSwitch.cause === 'loss-limit') await this.lossWatches.restart(tx, killSwitch.scopeId!, id)
      tx.append(riskReleased, releasedOf(killSwitch, caller.userId, now))
      return ok(killSwitchReply({ ...killSwitch, releasedAt: now, releasedBy: caller.userId }))
    })
  }

  private async lock(tx: Transaction, caller: Caller, id: string): Promise<Locked> {
    const found = await this.killSwitches.lock(tx, id)
    const own = found !== undefined && !found.killSwitch.byOperator && found.killSwitch.engagedBy === caller.userId
    if (found === undefined || (!own && !isOperator(caller))) return err(ordersErrors.of('KILL_SWITCH_NOT_FOUND'))
    if (found.killSwitch.releasedAt !== null) return err(ordersErrors.of('KILL_SWITCH_ALREADY_RELEASED'))
    return ok(found)
  }
}

function digestOf(confirmation: string): string {
  return createHash('sha256').update(confirmation).digest('hex')
}
