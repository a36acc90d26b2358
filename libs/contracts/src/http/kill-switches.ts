/** Public routes about kill switches. Called by the gateway and the OpenAPI page. Must never hold behaviour. */
import { z } from 'zod'
import { everyone } from '../caller.ts'
import { flag, idIn, pageQuery } from '../common.ts'
import { defineRoute, type RouteContract } from '../define-route.ts'
import { killSwitchMode, killSwitchScope } from '../events/orders.ts'
import * as rpc from '../rpc/kill-switches.ts'

const params = idIn('killSwitch')

export const killSwitchRoutes: readonly RouteContract[] = [
  defineRoute({
    operation: 'listKillSwitches',
    tag: 'Kill switches',
    method: 'GET',
    path: '/v1/kill-switches',
    summary: 'List kill switches, newest first',
    access: everyone,
    query: pageQuery.extend({ engaged: flag.default(false).meta({ description: 'Only those that hold now' }) }),
    rpc: rpc.listKillSwitches,
    toRequest: ({ caller, query: { limit, nextToken, engaged } }) => ({ caller, page: { limit, nextToken }, engaged }),
  }),
  defineRoute({
    operation: 'engageKillSwitch',
    tag: 'Kill switches',
    method: 'POST',
    path: '/v1/kill-switches',
    summary: 'Stop entries, end resting entries (halt) or close everything (flatten)',
    access: everyone,
    scope: 'trade',
    status: 201,
    body: z.strictObject({
      scope: killSwitchScope,
      scopeId: rpc.engageKillSwitch.request.shape.scopeId,
      mode: killSwitchMode,
      reason: rpc.engageKillSwitch.request.shape.reason,
    }),
    rpc: rpc.engageKillSwitch,
    toRequest: ({ caller, body }) => ({ caller, ...body }),
  }),
  defineRoute({
    operation: 'requestKillSwitchRelease',
    tag: 'Kill switches',
    method: 'POST',
    path: '/v1/kill-switches/{killSwitchId}/release',
    summary: 'Ask for a release; the answer holds the confirmation for the second step',
    access: everyone,
    scope: 'trade',
    params,
    rpc: rpc.requestKillSwitchRelease,
    toRequest: ({ caller, params: { killSwitchId } }) => ({ caller, killSwitchId }),
  }),
  defineRoute({
    operation: 'confirmKillSwitchRelease',
    tag: 'Kill switches',
    method: 'POST',
    path: '/v1/kill-switches/{killSwitchId}/release/confirm',
    summary: 'Release a kill switch',
    access: everyone,
    scope: 'trade',
    params,
    body: rpc.confirmKillSwitchRelease.request.pick({ confirmation: true }),
    rpc: rpc.confirmKillSwitchRelease,
    toRequest: ({ caller, params: { killSwitchId }, body }) => ({ caller, killSwitchId, ...body }),
  }),
]
