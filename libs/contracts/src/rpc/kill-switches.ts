/** Questions and commands about kill switches, answered by `orders`. Called by the gateway. Must never stop an exit. */
import { z } from 'zod'
import { caller } from '../caller.ts'
import { pageOf, pageQuery, timestamp } from '../common.ts'
import { defineRpc } from '../define-rpc.ts'
import { lossFigures } from '../loss-figures.ts'
import { killSwitchCause, killSwitchMode, killSwitchScope } from '../events/orders.ts'

const reasonCharsMax = 500
const confirmationCharsMax = 64

export const killSwitchReason = z.string().trim().min(1).max(reasonCharsMax)
export const killSwitchConfirmation = z.string().min(1).max(confirmationCharsMax)

const killSwitch = z
  .strictObject({
    id: z.uuid(),
    scope: killSwitchScope,
    /** Of the strategy (also for its source), follow or account; null for the platform. */
    scopeId: z.uuid().nullable(),
    mode: killSwitchMode,
    cause: killSwitchCause,
    reason: z.string(),
    /** Of a reached loss limit; null for commands. */
    loss: lossFigures.nullable(),
    /** Who engaged it, or whose setting did; they or an operator may release it. Null when a setting of the platform did. */
    engagedBy: z.uuid().nullable(),
    engagedAt: timestamp,
    /** When it is released by itself; null when only in two steps. */
    endsAt: timestamp.nullable(),
    /** Null while it is engaged. */
    releasedAt: timestamp.nullable(),
    /** Null while it is engaged, and when it ended by itself. */
    releasedBy: z.uuid().nullable(),
  })
  .meta({ id: 'KillSwitch' })
export type KillSwitchReply = z.output<typeof killSwitch>

export const listKillSwitches = defineRpc({
  name: 'orders.kill-switches.list',
  description: 'Kill switches, newest first; released ones are kept.',
  request: z.strictObject({ caller, page: pageQuery, engaged: z.boolean().default(false) }),
  reply: pageOf(killSwitch),
})

export const engageKillSwitch = defineRpc({
  name: 'orders.kill-switches.engage',
  description: 'Stops entries of a scope, and with stronger modes ends resting entries or closes positions.',
  request: z.strictObject({
    caller,
    scope: killSwitchScope,
    scopeId: z.uuid().optional(),
    mode: killSwitchMode,
    reason: killSwitchReason,
  }),
  reply: z.strictObject({
    killSwitch,
    /** How many brackets are being closed by it. */
    closing: z.int().nonnegative(),
  }),
  deadlineMs: 30_000,
})

export const requestKillSwitchRelease = defineRpc({
  name: 'orders.kill-switches.request-release',
  description: 'First step of a release: answers the confirmation that the second step needs.',
  request: z.strictObject({ caller, killSwitchId: z.uuid() }),
  reply: z.strictObject({ confirmation: killSwitchConfirmation, expiresAt: timestamp }),
})

export const confirmKillSwitchRelease = defineRpc({
  name: 'orders.kill-switches.confirm-release',
  description: 'Second step of a release: entries pass again.',
  request: z.strictObject({ caller, killSwitchId: z.uuid(), confirmation: killSwitchConfirmation }),
  reply: killSwitch,
})
