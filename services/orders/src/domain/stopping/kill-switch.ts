/**
 * Kill switches: who may trade no more, how far it goes, and how one is taken back in two steps. Pure.
 * Called by the gate and by the use cases of the switches. Must never stop an exit: closing and cancelling always pass.
 */
import type { DenialContext } from '@tradewire/contracts/denials/all'
import type { DataOf } from '@tradewire/contracts/define-event'
import type { riskReleased, riskTripped } from '@tradewire/contracts/events/orders'
import type { LossFigures } from '@tradewire/contracts/loss-figures'
import type { AccountId, FollowId } from '@tradewire/kernel/ids'
import type { Signal } from '../planning/signal-plan.ts'

export const killSwitchScopes = ['platform', 'strategy', 'source', 'follow', 'account'] as const
export type KillSwitchScope = (typeof killSwitchScopes)[number]

/** Weakest first. `exit-only`: no new entries. `halt`: resting entries end as well. `flatten`: positions are closed too. */
export const killSwitchModes = ['exit-only', 'halt', 'flatten'] as const
export type KillSwitchMode = (typeof killSwitchModes)[number]

/** What engaged it: somebody's command, or a limit that watches by itself. */
export type KillSwitchCause = DataOf<typeof riskTripped>['cause']

export interface KillSwitch {
  readonly id: string
  readonly scope: KillSwitchScope
  /** Null for the platform. */
  readonly scopeId: string | null
  readonly mode: KillSwitchMode
  readonly cause: KillSwitchCause
  readonly reason: string
  /** Of a reached loss limit; null for commands. */
  readonly loss: LossFigures | null
  /** Who engaged it, or whose setting did: they may release it. Null when a setting of the platform did. */
  readonly engagedBy: string | null
  /** What an operator has engaged, only an operator may release. */
  readonly byOperator: boolean
  readonly engagedAt: Date
  /** When it is released by itself; null when only a person releases it. */
  readonly endsAt: Date | null
  readonly releasedAt: Date | null
  /** Null also when it ended by itself. */
  readonly releasedBy: string | null
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
  private readonly byCause = new Map<KillSwitchCause, EngagedOfOneCause>()

  constructor(switches: readonly KillSwitch[]) {
    const ofFollowers = switches.filter(({ scope }) => scope !== 'source')
    for (const [cause, all] of Map.groupBy(ofFollowers, (one) => one.cause)) {
      this.byCause.set(cause, new EngagedOfOneCause(all))
    }
  }

  /** The strongest that somebody's command engaged against an entry of this follow on this account; null when none is. */
  command(followId: FollowId, accountId: AccountId): DenialContext<'KILL_SWITCH'> | null {
    const found = this.byCause.get('command')?.against(followId, accountId)
    if (found === undefined) return null
    const { id, scope, mode, reason } = found
    return { killSwitchId: id, scope, mode, reason }
  }

  /** The same for a loss limit. */
  lossLimit(followId: FollowId, accountId: AccountId): DenialContext<'LOSS_LIMIT_REACHED'> | null {
    const found = this.byCause.get('loss-limit')?.against(followId, accountId)
    if (found === undefined || found.loss === null) return null
    return { ...found.loss, killSwitchId: found.id, endsAt: found.endsAt?.toISOString() ?? null }
  }
}

/** What pauses the source of this signal; null when nothing does. What its owner sends by hand is no alert. */
export function sourcePause(
  switches: readonly KillSwitch[],
  { source }: Pick<Signal, 'source'>,
): DenialContext<'SOURCE_PAUSED'> | null {
  const found = source === 'TRADINGVIEW' ? switches.find(({ scope }) => scope === 'source') : undefined
  return found === undefined ? null : { killSwitchId: found.id, cause: found.cause, reason: found.reason }
}

class EngagedOfOneCause {
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

  against(followId: FollowId, accountId: AccountId): KillSwitch | undefined {
    const own = [this.byScopeId.get(keyOf('follow', followId)), this.byScopeId.get(keyOf('account', accountId))]
    return own.reduce((most, one) => (one === undefined ? most : stronger(most, one)), this.general)
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

export function trippedOf(killSwitch: KillSwitch): DataOf<typeof riskTripped> {
  const { id, scope, scopeId, mode, cause, reason, loss, engagedAt, endsAt } = killSwitch
  const times = { trippedAt: engagedAt.toISOString(), endsAt: endsAt?.toISOString() ?? null }
  return { killSwitchId: id, scope, scopeId, mode, cause, reason, loss, ...times }
}

/** `by` is null when its time had come. */
export function releasedOf(
  { id, scope, scopeId }: Pick<KillSwitch, 'id' | 'scope' | 'scopeId'>,
  by: string | null,
  at: Date,
): DataOf<typeof riskReleased> {
  return { killSwitchId: id, scope, scopeId, releasedBy: by, releasedAt: at.toISOString() }
}
