/** What the paper venue's control API refuses, by code. Called by its surface and the errors page. Must never change a code. */
import { defineErrors } from '@tradewire/kernel/errors'

export const paperErrors = defineErrors('paper', {
  CONTROL_REQUEST_INVALID: {
    kind: 'invalid',
    message: 'The request does not have the form that the control API takes.',
    fix: 'Look at the fields that the answer names.',
  },
  CONTROL_TOKEN_WRONG: {
    kind: 'unauthenticated',
    message: 'The control API of this venue needs its bearer token.',
    fix: 'Send Authorization: Bearer with the value of PAPER_CONTROL_TOKEN.',
  },
  PAPER_SYMBOL_UNKNOWN: {
    kind: 'not-found',
    message: 'No simulated venue in question lists the symbol.',
    fix: 'Read /control/markets for what is listed.',
  },
  PAPER_PRICE_OUT_OF_RANGE: {
    kind: 'invalid',
    message: 'The price is outside of what the venue allows for the symbol, or bid is above ask.',
    fix: 'Keep prices between the price filter limits, bid at or below ask.',
  },
  PAPER_ACCOUNT_UNKNOWN: {
    kind: 'not-found',
    message: 'No simulated venue has an account with that id.',
    fix: 'Read /control/accounts for their ids.',
  },
  PAPER_KEY_RULE_UNTOLD: {
    kind: 'refused',
    message: 'The protocol of the venue has no word for this about a key.',
    fix: 'Set what the table in docs/credentials.md says that the venue tells.',
  },
  PAPER_TRADE_REFUSED: {
    kind: 'refused',
    message: 'The venue refuses the trade.',
    fix: 'Look at the reason in the context: funds, steps of quantity or price, or nothing to close.',
  },
  PAPER_FAULT_UNKNOWN: {
    kind: 'not-found',
    message: 'There is no fault switch with that id; it may have ended by itself.',
    fix: 'Read /control/faults for what is set.',
  },
})
