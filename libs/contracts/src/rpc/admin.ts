/**
 * Questions whose answers several services know together; the gateway asks them and answers with all of it.
 * Called by the routes of the admin surface. Must never hold the surface's words: its routes do.
 */
import { z } from 'zod'
import { caller } from '../caller.ts'
import { pageOf, pageQuery } from '../common.ts'
import { defineRpc } from '../define-rpc.ts'
import { account } from './brokers.ts'
import { listSignalBrackets } from './orders.ts'
import { signal, strategy, strategyChanges } from './signals.ts'

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
