/**
 * Questions whose answers several services know together; the gateway asks them and answers with all of it.
 * Called by the routes of the admin surface. Must never hold the surface's words: its routes do.
 */
import { z } from 'zod'
import { caller } from '../caller.ts'
import { pageOf, pageQuery } from '../common.ts'
import { defineRpc } from '../define-rpc.ts'
import { sealAccount } from '../sealed-credentials.ts'
import { account, travellingAccount } from './accounts.ts'
import { getCredentialsKey } from './credentials.ts'
import { user } from './identity.ts'
import { listSignalBrackets } from './orders.ts'
import { accountWorth, followerPerformance } from './reporting.ts'
import { follow, riskProfile, signal, strategy, strategyChanges, strategyInput, strategyWithSecret } from './signals.ts'
import { findUserPlans } from './billing/user-plans.ts'

/** Longer than each of the questions that it is made of. */
const combinedDeadlineMs = 12_000

export const listTriggers = defineRpc({
  name: 'gateway.triggers.list',
  description: 'A strategy with its signals, newest first, and what became of each.',
  request: z.strictObject({ caller, strategyId: z.uuid(), page: pageQuery }),
  reply: z.strictObject({
    strategy,
    signals: pageOf(signal),
    brackets: listSignalBrackets.reply.shape.items,
  }),
  deadlineMs: combinedDeadlineMs,
})

/** The accounts by whose equity the strategies are sized, as far as they have one. */
const providers = { accounts: z.array(account) }

export const listStrategiesWithKeys = defineRpc({
  name: 'gateway.strategies.list',
  description: 'Strategies, newest first, with the accounts of their providers.',
  request: z.strictObject({ caller, page: pageQuery }),
  reply: z.strictObject({ strategies: pageOf(strategy), ...providers }),
  deadlineMs: combinedDeadlineMs,
})

export const updateStrategyWithKey = defineRpc({
  name: 'gateway.strategies.update',
  description: "Changes a strategy and answers it with its provider's account.",
  request: z.strictObject({ caller, strategyId: z.uuid(), changes: strategyChanges }),
  reply: z.strictObject({ strategy, ...providers }),
  deadlineMs: combinedDeadlineMs,
})

/** A venue is asked whether it takes the key, and `signals` hears of the account, before the strategy is made. */
const connectingDeadlineMs = 45_000

export const createStrategyWithKey = defineRpc({
  name: 'gateway.strategies.create',
  description: "Connects the provider's account and creates the strategy that is sized by it: both or neither.",
  request: z.strictObject({
    caller,
    account: travellingAccount,
    strategy: strategyInput.omit({ venue: true, providerAccountId: true }),
  }),
  reply: z.strictObject({ strategy, secret: strategyWithSecret.shape.secret, ...providers }),
  deadlineMs: connectingDeadlineMs,
  sealing: {
    keyOf: getCredentialsKey,
    apply: (request, key) => ({ ...request, account: sealAccount(request.caller, request.account, key) }),
  },
})

export const listFollowers = defineRpc({
  name: 'gateway.followers.list',
  description: 'The active followers of a strategy, newest first, with all that is known of them.',
  request: z.strictObject({ caller, strategyId: z.uuid(), page: pageQuery }),
  reply: z.strictObject({
    follows: pageOf(follow),
    accounts: z.array(account),
    users: z.array(user),
    plans: findUserPlans.reply.shape.items,
    balances: z.array(accountWorth),
    riskProfiles: z.array(riskProfile),
    performance: z.array(followerPerformance),
  }),
  deadlineMs: combinedDeadlineMs,
})
