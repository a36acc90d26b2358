/** Public routes that `signals` answers. Called by the gateway and the OpenAPI page. Must never hold behaviour. */
import { flag, idIn, pageQuery } from '../common.ts'
import { everyone, providers } from '../caller.ts'
import { defineRoute, type RouteContract } from '../define-route.ts'
import { changeSettings, getSettings } from '../rpc/settings.ts'
import * as rpc from '../rpc/signals.ts'
import { tradeSettings } from '../trade-settings.ts'

const strategyRoutes = [
  defineRoute({
    operation: 'createStrategy',
    tag: 'Strategies',
    method: 'POST',
    path: '/v1/strategies',
    summary: 'Create a strategy; the reply shows its alert secret once',
    access: providers,
    status: 201,
    body: rpc.strategyInput,
    rpc: rpc.createStrategy,
    toRequest: (parts) => ({ caller: parts.caller, strategy: parts.body }),
  }),
  defineRoute({
    operation: 'listStrategies',
    tag: 'Strategies',
    method: 'GET',
    path: '/v1/strategies',
    summary: 'List strategies',
    access: everyone,
    query: pageQuery.extend({
      active: flag.optional().meta({ description: 'Only those that take alerts, or only the others' }),
      venue: rpc.listStrategies.request.shape.venue,
    }),
    rpc: rpc.listStrategies,
    toRequest: (parts) => {
      const { active, venue: at, ...page } = parts.query
      return { caller: parts.caller, page, active, venue: at }
    },
  }),
  defineRoute({
    operation: 'getStrategy',
    tag: 'Strategies',
    method: 'GET',
    path: '/v1/strategies/{strategyId}',
    summary: 'Get a strategy',
    access: everyone,
    params: idIn('strategy'),
    rpc: rpc.getStrategy,
    toRequest: (parts) => ({ caller: parts.caller, strategyId: parts.params.strategyId }),
  }),
  defineRoute({
    operation: 'updateStrategy',
    tag: 'Strategies',
    method: 'PATCH',
    path: '/v1/strategies/{strategyId}',
    summary: 'Change, pause or resume a strategy',
    access: providers,
    params: idIn('strategy'),
    body: rpc.strategyChanges,
    rpc: rpc.updateStrategy,
    toRequest: (parts) => ({
      caller: parts.caller,
      strategyId: parts.params.strategyId,
      changes: parts.body,
    }),
  }),
  defineRoute({
    operation: 'rotateStrategySecret',
    tag: 'Strategies',
    method: 'POST',
    path: '/v1/strategies/{strategyId}/secret',
    summary: 'Make a new alert secret, with an overlap for the old one',
    access: providers,
    params: idIn('strategy'),
    body: rpc.secretOverlap,
    rpc: rpc.rotateStrategySecret,
    toRequest: (parts) => ({
      caller: parts.caller,
      strategyId: parts.params.strategyId,
      overlapSeconds: parts.body.overlapSeconds,
    }),
  }),
  defineRoute({
    operation: 'sendSignal',
    tag: 'Signals',
    method: 'POST',
    path: '/v1/strategies/{strategyId}/signals',
    summary: 'Send a signal by hand: every follower gets a sized, protected position',
    access: providers,
    scope: 'trade',
    status: 202,
    params: idIn('strategy'),
    body: rpc.operatorSignal,
    idempotency: 'key',
    example: {
      body: { side: 'buy', price: '46319.5', stop: { price: '45800', type: 'market' }, targets: ['47000', '47800'] },
    },
    rpc: rpc.sendSignal,
    toRequest: ({ caller, params, body, requestId }) => {
      return { caller, strategyId: params.strategyId, signal: body, requestId }
    },
  }),
] as const

const riskProfileRoutes = [
  defineRoute({
    operation: 'createRiskProfile',
    tag: 'Risk profiles',
    method: 'POST',
    path: '/v1/risk-profiles',
    summary: 'Create a risk profile',
    access: providers,
    status: 201,
    body: rpc.riskProfileInput,
    rpc: rpc.createRiskProfile,
    toRequest: (parts) => ({ caller: parts.caller, profile: parts.body }),
  }),
  defineRoute({
    operation: 'listRiskProfiles',
    tag: 'Risk profiles',
    method: 'GET',
    path: '/v1/risk-profiles',
    summary: 'List risk profiles',
    access: everyone,
    rpc: rpc.listRiskProfiles,
    toRequest: (parts) => ({ caller: parts.caller }),
  }),
  defineRoute({
    operation: 'updateRiskProfile',
    tag: 'Risk profiles',
    method: 'PATCH',
    path: '/v1/risk-profiles/{riskProfileId}',
    summary: 'Change a risk profile',
    access: ['operator'],
    params: idIn('riskProfile'),
    body: rpc.riskProfileChanges,
    rpc: rpc.updateRiskProfile,
    toRequest: (parts) => ({
      caller: parts.caller,
      riskProfileId: parts.params.riskProfileId,
      changes: parts.body,
    }),
  }),
] as const

const accountParams = idIn('account')

const settingsRoutes = [
  defineRoute({
    operation: 'getPlatformSettings',
    tag: 'Settings',
    method: 'GET',
    path: '/v1/platform/settings',
    summary: 'Get what holds for all entries',
    access: everyone,
    rpc: getSettings,
    toRequest: ({ caller }) => ({ caller, scope: 'platform' as const, scopeId: null }),
  }),
  defineRoute({
    operation: 'changePlatformSettings',
    tag: 'Settings',
    method: 'PUT',
    path: '/v1/platform/settings',
    summary: 'Say anew what holds for all entries',
    access: ['operator'],
    body: tradeSettings,
    rpc: changeSettings,
    toRequest: ({ caller, body }) => ({ caller, scope: 'platform' as const, scopeId: null, settings: body }),
  }),
  defineRoute({
    operation: 'getAccountSettings',
    tag: 'Settings',
    method: 'GET',
    path: '/v1/accounts/{accountId}/settings',
    summary: 'Get what holds for all entries of an account',
    access: everyone,
    params: accountParams,
    rpc: getSettings,
    toRequest: ({ caller, params }) => ({ caller, scope: 'account' as const, scopeId: params.accountId }),
  }),
  defineRoute({
    operation: 'changeAccountSettings',
    tag: 'Settings',
    method: 'PUT',
    path: '/v1/accounts/{accountId}/settings',
    summary: 'Say anew what holds for all entries of an account',
    access: everyone,
    params: accountParams,
    body: tradeSettings,
    rpc: changeSettings,
    toRequest: ({ caller, params, body }) => ({
      caller,
      scope: 'account' as const,
      scopeId: params.accountId,
      settings: body,
    }),
  }),
] as const

const followRoutes = [
  defineRoute({
    operation: 'createFollow',
    tag: 'Follows',
    method: 'POST',
    path: '/v1/follows',
    summary: 'Let accounts follow strategies, all or none',
    access: everyone,
    status: 201,
    body: rpc.createFollows.request.pick({ follows: true }),
    idempotency: 'key',
    rpc: rpc.createFollows,
    toRequest: (parts) => ({ caller: parts.caller, follows: parts.body.follows }),
  }),
  defineRoute({
    operation: 'listFollows',
    tag: 'Follows',
    method: 'GET',
    path: '/v1/follows',
    summary: 'List follows',
    access: everyone,
    query: pageQuery.extend({
      strategyId: rpc.listFollows.request.shape.strategyId,
      accountId: rpc.listFollows.request.shape.accountId,
      active: flag.optional().meta({ description: 'Only those that take entries, or only the paused ones' }),
    }),
    rpc: rpc.listFollows,
    toRequest: (parts) => {
      const { strategyId, accountId, active, ...page } = parts.query
      return { caller: parts.caller, page, strategyId, accountId, active }
    },
  }),
  defineRoute({
    operation: 'getFollow',
    tag: 'Follows',
    method: 'GET',
    path: '/v1/follows/{followId}',
    summary: 'Get a follow',
    access: everyone,
    params: idIn('follow'),
    rpc: rpc.getFollow,
    toRequest: (parts) => ({ caller: parts.caller, followId: parts.params.followId }),
  }),
  defineRoute({
    operation: 'updateFollow',
    tag: 'Follows',
    method: 'PATCH',
    path: '/v1/follows/{followId}',
    summary: 'Change, pause or resume a follow',
    access: everyone,
    params: idIn('follow'),
    body: rpc.followChanges,
    rpc: rpc.updateFollow,
    toRequest: (parts) => ({ caller: parts.caller, followId: parts.params.followId, changes: parts.body }),
  }),
] as const

const signalHistoryRoutes = [
  defineRoute({
    operation: 'listSignals',
    tag: 'Signals',
    method: 'GET',
    path: '/v1/signals',
    summary: 'List signals',
    access: providers,
    query: pageQuery.extend({ strategyId: rpc.listSignals.request.shape.strategyId }),
    rpc: rpc.listSignals,
    toRequest: (parts) => {
      const { strategyId, ...page } = parts.query
      return { caller: parts.caller, page, strategyId }
    },
  }),
  defineRoute({
    operation: 'getSignal',
    tag: 'Signals',
    method: 'GET',
    path: '/v1/signals/{signalId}',
    summary: 'Get a signal with the raw request it came from',
    access: providers,
    params: idIn('signal'),
    rpc: rpc.getSignal,
    toRequest: (parts) => ({ caller: parts.caller, signalId: parts.params.signalId }),
  }),
] as const

export const signalRoutes: readonly RouteContract[] = [
  ...strategyRoutes,
  ...riskProfileRoutes,
  ...settingsRoutes,
  ...followRoutes,
  ...signalHistoryRoutes,
]
