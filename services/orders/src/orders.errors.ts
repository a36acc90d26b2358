/** The closed table of what `orders` refuses, to followers and to callers. The errors page is generated from it. Must never change a code's meaning. */
import { defineErrors, type ErrorDefinition } from '@tradewire/kernel/errors'
import type { DenialCode } from '#domain/denial'

const denials: Readonly<Record<DenialCode, ErrorDefinition>> = {
  STRATEGY_INACTIVE: {
    kind: 'refused',
    message: 'The strategy is switched off.',
    fix: "Ask the strategy's owner to switch it on; the next signal will be taken.",
  },
  KILL_SWITCH: {
    kind: 'refused',
    message: 'A kill switch is engaged: no new entries for now. Exits pass.',
    fix: 'The context names the switch and why it was engaged. Whoever may release it does so in two steps.',
  },
  STALE_SIGNAL: {
    kind: 'refused',
    message: 'The signal came too late to be traded.',
    fix: "Nothing to do for this one. If it happens often, raise the strategy's signal age or look at the delay of the alerts.",
  },
  INSTRUMENT_UNKNOWN: {
    kind: 'refused',
    message: 'Nothing is known yet about this symbol at this venue.',
    fix: 'Check the symbol of the strategy; instruments are read when an account of that venue is connected.',
  },
  SYMBOL_NOT_ACTIVE: {
    kind: 'refused',
    message: 'The venue has suspended trading of this symbol.',
    fix: 'Wait until the venue trades it again, or use another symbol.',
  },
  VENUE_CANNOT_PROTECT: {
    kind: 'refused',
    message: 'At this venue a stop and targets cannot stand at the same time, so the position could not be protected.',
    fix: 'Follow with a futures account of the same exchange.',
  },
  PRICE_OUT_OF_RANGE: {
    kind: 'refused',
    message: "The entry price is below the venue's smallest price step.",
    fix: 'Check the price of the alert against the symbol.',
  },
  STOP_ON_WRONG_SIDE: {
    kind: 'refused',
    message: "The stop is not on the losing side of the entry, once rounded to the venue's price step.",
    fix: 'Place the stop below the entry of a buy, above the entry of a sell, by at least one price step.',
  },
  NO_VALID_TARGET: {
    kind: 'refused',
    message: "No target lies beyond the entry, once rounded to the venue's price step.",
    fix: 'Place targets above the entry of a buy, below the entry of a sell, by at least one price step.',
  },
  FOLLOW_INACTIVE: {
    kind: 'refused',
    message: 'The follow is paused or ended.',
    fix: 'Resume the follow to take part in the next signal.',
  },
  ACCOUNT_NOT_CONNECTED: {
    kind: 'refused',
    message: 'The broker account is not connected.',
    fix: 'Connect the account again and check its API key and permissions.',
  },
  ACCOUNT_VENUE_DIFFERS: {
    kind: 'refused',
    message: "The account is at another venue than the strategy's.",
    fix: 'Follow with an account at the venue that the strategy names.',
  },
  ACCOUNT_ALREADY_IN_SIGNAL: {
    kind: 'refused',
    message: 'Another follow of the same account already takes part in this signal.',
    fix: 'Keep one follow per account and strategy.',
  },
  POSITION_ALREADY_OPEN: {
    kind: 'refused',
    message: 'The follow still has a position of an earlier signal.',
    fix: 'Nothing to do: the next signal after it has closed is taken. Close it by hand to be free earlier.',
  },
  OPPOSITE_POSITION_OPEN: {
    kind: 'refused',
    message: 'The account holds this symbol on the other side, and the venue nets both into one position.',
    fix: 'Use one account, or sub-account, per strategy for symbols that both trade.',
  },
  SYMBOL_NOT_ALLOWED: {
    kind: 'refused',
    message: 'A setting of the strategy, the risk profile or the follow does not allow this symbol.',
    fix: 'Add the symbol to every list of allowed symbols; the explanation of the order names who set them.',
  },
  SIDE_NOT_ALLOWED: {
    kind: 'refused',
    message: 'A setting of the strategy, the risk profile or the follow allows only the other side.',
    fix: 'Allow the side wherever sides are limited; the explanation of the order names who limited them.',
  },
  OUTSIDE_TRADING_WINDOW: {
    kind: 'refused',
    message: 'The signal came outside the days and hours in which entries are allowed.',
    fix: 'Nothing to do for this one. Widen the trading window, and check its time zone, if it should have been taken.',
  },
  MAX_LEVERAGE_EXCEEDED: {
    kind: 'refused',
    message: 'The leverage of the follow is above the highest that a limit allows.',
    fix: 'Lower the leverage of the follow, or raise the limit where it was set.',
  },
  MAX_POSITIONS_REACHED: {
    kind: 'refused',
    message: 'The account already holds as many positions as a limit allows.',
    fix: 'Close a position, or raise the limit where it was set.',
  },
  BALANCE_UNKNOWN: {
    kind: 'refused',
    message: 'The balance of the account is not known yet.',
    fix: 'Wait for the first balance after connecting; if it does not come, check the permissions of the API key.',
  },
  BALANCE_IN_OTHER_CURRENCY: {
    kind: 'refused',
    message: 'The account is funded in another currency than the symbol is traded in.',
    fix: 'Hold the quote currency of the symbol on the account.',
  },
  STALE_BALANCE: {
    kind: 'refused',
    message: 'The last known balance is too old to size an order by.',
    fix: 'Check that the account is connected: its balance is read regularly while it is.',
  },
  INSUFFICIENT_BALANCE: {
    kind: 'refused',
    message: 'What is free on the account does not carry the smallest order that the venue takes.',
    fix: 'Add funds, close other positions, or raise the leverage of the follow.',
  },
  MAX_RISK_EXCEEDED: {
    kind: 'refused',
    message: 'The stop of this trade would cost more than a limit allows for one trade.',
    fix: 'Use a smaller size or a closer stop, or raise the limit where it was set.',
  },
  BELOW_MINIMUM: {
    kind: 'refused',
    message: 'The sized quantity is below what the venue takes.',
    fix: 'Add funds, ask for a larger size, or lift the limits on notional and quantity.',
  },
}

export const ordersErrors = defineErrors('orders', {
  ...denials,
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
    fix: 'Give scopeId with the scopes strategy, follow and account, and none with platform.',
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
