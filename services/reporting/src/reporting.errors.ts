/** The closed table of what `reporting` refuses. Called by its use cases; the errors page is generated from it. Must never change a code's meaning. */
import { defineErrors } from '@tradewire/kernel/errors'

export const reportingErrors = defineErrors('reporting', {
  TRADE_NOT_FOUND: {
    kind: 'not-found',
    message: 'There is no such trade, or it is not yours.',
    fix: 'List your trades and use an id from there.',
  },
  STRATEGY_UNKNOWN: {
    kind: 'not-found',
    message: 'There is no such strategy.',
    fix: 'List the strategies and use an id from there; a new one is listed within moments.',
  },
})
