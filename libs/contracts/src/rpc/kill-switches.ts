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
    scopeId: z
      .uuid()
      .nullable()
      .meta({ description: 'Of the strategy (also for its source), follow or account; null for the platform' }),
    mode: killSwitchMode,
    cause: killSwitchCause,
    reason: z.string(),
    loss: lossFigures.nullable().meta({ description: 'Of a reached loss limit; null for commands' }),
    engagedBy: z.uuid().nullable().meta({
      description:
        'Who engaged it, or whose setting did; they or an operator may release it. Null when a setting of the platform did.',
    }),
    engagedAt: timestamp,
    endsAt: timestamp.nullable().meta({ description: 'When it is released by itself; null when only in two steps' }),
    releasedAt: timestamp.nullable().meta({ description: 'Null while it is engaged' }),
    releasedBy: z.uuid().nullable().meta({ description: 'Null while it is engaged, and when it ended by itself' }),
  })
  .meta({ id: 'KillSwitch' })
export type KillSwitchReply = z.output<typeof killSwitch>

export const listKillSwitches = defineRpc({
  name: 'orders.kill-switches.list',
  description: 'Kill switches, newest first; released ones are kept.',
  request: z.strictObject({
    caller,
    page: pageQuery,
    engaged: z.boolean().default(false).meta({ description: 'Only those that hold now' }),
  }),
  reply: pageOf(killSwitch),
})

export const engageKillSwitch = defineRpc({
  name: 'orders.kill-switches.engage',
  description: 'Stops entries of a scope, and with stronger modes ends resting entries or closes positions.',
  request: z.strictObject({
    caller,
    scope: killSwitchScope,
    scopeId: z.uuid().optional().meta({ description: 'The strategy, follow or account; left out for the platform' }),
    mode: killSwitchMode.meta({
      description: '`exit-only` stops entries, `halt` ends resting ones too, `flatten` closes positions as well',
    }),
    reason: killSwitchReason.meta({ description: 'Why, for whoever looks at it later' }),
  }),
  reply: z.strictObject({
    killSwitch,
    closing: z.int().nonnegative().meta({ description: 'How many brackets are being closed by it' }),
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
  request: z.strictObject({
    caller,
    killSwitchId: z.uuid(),
    confirmation: killSwitchConfirmation.meta({ description: 'What the first step has answered' }),
  }),
  reply: killSwitch,
})
