/** The closed table of what `orders` refuses, to followers and to callers. The errors page is generated from it. Must never change a code's meaning. */
import { type DenialCode, denials } from '@tradewire/contracts/denials/all'
import { defineErrors, type ErrorDefinition } from '@tradewire/kernel/errors'

const refusals = Object.fromEntries(
  Object.entries(denials).map(([code, { message, fix }]) => [code, { kind: 'refused', message, fix }]),
) as Readonly<Record<DenialCode, ErrorDefinition>>

export const ordersErrors = defineErrors('orders', {
  ...refusals,
  BRACKET_NOT_FOUND: {
    kind: 'not-found',
    message: 'There is no such order, or it is not yours.',
    fix: 'List your orders and use an id from there.',
  },
  STRATEGY_NOT_FOUND: {
    kind: 'not-found',
    message: 'There is no such strategy, or it is not yours.',
    fix: 'List your strategies and use an id from there.',
  },
  KILL_SWITCH_NOT_FOUND: {
    kind: 'not-found',
    message: 'There is no such kill switch, or you may not release it.',
    fix: 'List the kill switches. What an operator has engaged, only an operator may release.',
  },
  KILL_SWITCH_NOT_ALLOWED: {
    kind: 'forbidden',
    message: 'This is not yours to stop.',
    fix: 'Use an id of your own strategies, follows or accounts; the platform is for operators.',
  },
  KILL_SWITCH_SCOPE_INCOMPLETE: {
    kind: 'invalid',
    message: 'The scope and its id do not fit together.',
    fix: 'Give scopeId with the scopes strategy, source, follow and account, and none with platform.',
  },
  KILL_SWITCH_ALREADY_RELEASED: {
    kind: 'conflict',
    message: 'This kill switch has been released already.',
    fix: 'Nothing to do. Engage a new one to stop entries again.',
  },
  KILL_SWITCH_RELEASE_NOT_REQUESTED: {
    kind: 'conflict',
    message: 'There is no request for this release, or it is too old.',
    fix: 'Ask for the release again and confirm it within ten minutes.',
  },
  KILL_SWITCH_CONFIRMATION_WRONG: {
    kind: 'invalid',
    message: 'This is not the confirmation of the latest request.',
    fix: 'Use the confirmation that the latest request for this release has answered.',
  },
  FOLLOW_NOT_FOUND: {
    kind: 'not-found',
    message: 'There is no such follow, or it is not yours.',
    fix: 'List your follows and use an id from there.',
  },
})
