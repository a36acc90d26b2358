/** The closed table of what `signals` refuses. Called by its use cases; the errors page is generated from it. Must never change a code's meaning. */
import { defineErrors } from '@tradewire/kernel/errors'

export const signalsErrors = defineErrors('signals', {
  STRATEGY_NOT_FOUND: {
    kind: 'not-found',
    message: 'There is no such strategy, or it is not yours.',
    fix: 'List your strategies and use an id from there.',
  },
  STRATEGY_NOT_ACTIVE: {
    kind: 'refused',
    message: 'The strategy is switched off and takes no signals.',
    fix: 'Switch the strategy on, then send the signal again.',
  },
  RISK_PROFILE_NOT_FOUND: {
    kind: 'not-found',
    message: 'There is no such risk profile.',
    fix: 'List the risk profiles and use an id from there.',
  },
  RISK_PROFILE_NAME_TAKEN: {
    kind: 'conflict',
    message: 'A risk profile of that name exists.',
    fix: 'Choose another name or change the existing profile.',
  },
  FOLLOW_NOT_FOUND: {
    kind: 'not-found',
    message: 'There is no such follow, or it is not yours.',
    fix: 'List your follows and use an id from there.',
  },
  FOLLOWS_NOT_CHOSEN_RIGHT: {
    kind: 'refused',
    message: 'Some of the chosen followers do not exist, are paused, or follow another strategy.',
    fix: 'List the active follows of the strategy and choose from them.',
  },
  ACCOUNT_NOT_FOUND: {
    kind: 'not-found',
    message: 'The broker account is not connected, or it is not yours.',
    fix: 'Connect the account first; a moment later it can follow.',
  },
  ACCOUNT_VENUE_DIFFERS: {
    kind: 'refused',
    message: "The account is at another venue than the strategy's.",
    fix: 'Use an account at the venue that the strategy names.',
  },
  FOLLOW_EXISTS: {
    kind: 'conflict',
    message: 'The account follows this strategy already.',
    fix: 'Change the existing follow instead.',
  },
  SETTINGS_SCOPE_INCOMPLETE: {
    kind: 'invalid',
    message: 'The scope and its id do not fit together.',
    fix: 'Give scopeId with the scope account, and null with platform.',
  },
  PLATFORM_SETTINGS_FORBIDDEN: {
    kind: 'forbidden',
    message: 'Only operators say what holds for everyone.',
    fix: 'Change the settings of your own strategies, follows or accounts.',
  },
  SIGNAL_NOT_FOUND: {
    kind: 'not-found',
    message: 'There is no such signal, or it is not yours.',
    fix: 'List the signals and use an id from there.',
  },
  SIGNAL_ON_WRONG_SIDE: {
    kind: 'invalid',
    message: 'The stop or a target is on the wrong side of the price.',
    fix: 'For a buy the stop is below the price and targets above it; for a sell the other way round.',
  },
  SIGNAL_DUPLICATE: {
    kind: 'conflict',
    message: 'The same signal was taken a moment ago.',
    fix: 'Wait a minute if a second, equal signal is really meant.',
  },
  INTAKE_OVERLOADED: {
    kind: 'unavailable',
    message: 'The intake cannot store the alert right now.',
    fix: 'Send it again in a few seconds; TradingView does so by itself.',
  },
})
