/**
 * Kill switches: who may trade no more, how far it goes, and how one is taken back in two steps. Pure.
 * Called by the gate and by the use cases of the switches. Must never stop an exit: closing and cancelling always pass.
 */
import type { DenialContext } from '@tradewire/contracts/denials/all'
import type { AccountId, FollowId } from '@tradewire/kernel/ids'

export const killSwitchScopes = ['platform', 'strategy', 'follow', 'account'] as const
export type KillSwitchScope = (typeof killSwitchScopes)[number]

/** Weakest first. `exit-only`: no new entries. `halt`: resting entries end as well. `flatten`: positions are closed too. */
export const killSwitchModes = ['exit-only', 'halt', 'flatten'] as const
export type KillSwitchMode = (typeof killSwitchModes)[number]

export interface KillSwitch {
  readonly id: string
  readonly scope: KillSwitchScope
  /** Null for the platform. */
  readonly scopeId: string | null
  readonly mode: KillSwitchMode
  readonly reason: string
  readonly engagedBy: string
  /** What an operator has engaged, only an operator may release. */
  readonly byOperator: boolean
  readonly engagedAt: Date
  readonly releasedAt: Date | null
}

export interface ReleaseRequest {
  /** SHA-256 of the confirmation, in hex. */
  readonly digest: string
  readonly requestedAt: Date
}

/** How long a release may be confirmed after it was asked for. */
export const confirmWithinMs = 600_000

/** The engaged switches that can concern followers of one strategy, for one planning. */
export class EngagedSwitches {
  private readonly general: KillSwitch | undefined
  private readonly byScopeId = new Map<string, KillSwitch>()

  constructor(switches: readonly KillSwitch[]) {
    let general: KillSwitch | undefined
    for (const one of switches) {
      if (one.scope === 'platform' || one.scope === 'strategy') general = stronger(general, one)
      else
        this.byScopeId.set(
          keyOf(one.scope, one.scopeId!),
          stronger(this.byScopeId.get(keyOf(one.scope, one.scopeId!)), one),
        )
    }
    this.general = general
  }

  /** What speaks against an entry of this follow on this account; null when nothing does. */
  against(followId: FollowId, accountId: AccountId): DenialContext<'KILL_SWITCH'> | null {
    const own = [this.byScopeId.get(keyOf('follow', followId)), this.byScopeId.get(keyOf('account', accountId))]
    const found = own.reduce((most, one) => (one === undefined ? most : stronger(most, one)), this.general)
    return found === undefined
      ? null
      : { killSwitchId: found.id, scope: found.scope, mode: found.mode, reason: found.reason }
  }
}

function keyOf(scope: KillSwitchScope, scopeId: string): string {
  return `${scope} ${scopeId}`
}

function stronger(one: KillSwitch | undefined, other: KillSwitch): KillSwitch {
  if (one === undefined) return other
  return killSwitchModes.indexOf(other.mode) > killSwitchModes.indexOf(one.mode) ? other : one
}

export type ConfirmationFault = 'KILL_SWITCH_RELEASE_NOT_REQUESTED' | 'KILL_SWITCH_CONFIRMATION_WRONG'

/** Whether this confirmation may release the switch now; the fault when not. */
export function confirmationFault(request: ReleaseRequest | null, digest: string, now: Date): ConfirmationFault | null {
  if (request === null || now.getTime() - request.requestedAt.getTime() > confirmWithinMs) {
    return 'KILL_SWITCH_RELEASE_NOT_REQUESTED'
  }
  return request.digest === digest ? null : 'KILL_SWITCH_CONFIRMATION_WRONG'
}
