/** The closed table of what `brokers` refuses. Called by its use cases; the errors page is generated from it. Must never change a code's meaning. */
import type { BrokerError } from '@tradewire/broker-kit/broker-error'
import { type CodedError, defineErrors } from '@tradewire/kernel/errors'
import { MasterKeysUnavailable } from '#ports/master-keys.port'

export const brokersErrors = defineErrors('brokers', {
  ACCOUNT_NOT_FOUND: {
    kind: 'not-found',
    message: 'There is no such broker account, or it is not yours.',
    fix: 'List your accounts and use an id from there.',
  },
  ACCOUNT_CREDENTIALS_INVALID: {
    kind: 'invalid',
    message: 'The credentials do not have the fields that this venue wants.',
    fix: 'Ask for the list of venues and send the fields of its form.',
  },
  ACCOUNT_TOKEN_MISSING: {
    kind: 'invalid',
    message: 'The venue asks for a token, the request has none, and the platform has none of its own there.',
    fix: 'Send your token of MetaApi (`token`; `metaapi_token` on the marketplace surface), or ask the operator to set BROKERS_METAAPI_TOKEN and BROKERS_METAAPI_ENVIRONMENT.',
  },
  ACCOUNT_CREDENTIALS_NOT_SEALED: {
    kind: 'refused',
    message: 'The credentials did not arrive in a sealed box that is meant for this account.',
    fix: 'Ask through the bus client of this release, which seals them; try again after a minute if the keys have just changed.',
  },
  ACCOUNT_CREDENTIALS_REFUSED: {
    kind: 'refused',
    message: 'The venue refuses these credentials.',
    fix: 'Check the key and secret, their permissions and the allowed addresses at the venue.',
  },
  ACCOUNT_CAN_WITHDRAW: {
    kind: 'refused',
    message: 'The key may withdraw funds, which trading never needs.',
    fix: 'Make a key without the permission to withdraw and connect with that.',
  },
  ACCOUNT_SETTINGS_UNSUITABLE: {
    kind: 'refused',
    message: 'The account is set at its venue so that Tradewire cannot trade it.',
    fix: 'Change at the venue what `setting` tells, while nothing is open there, and connect again.',
  },
  ACCOUNT_INSTRUMENTS_DIFFER: {
    kind: 'conflict',
    message:
      "The account's server has other contract sizes, steps or limits than the server of accounts that are connected.",
    fix: 'Connect an account on a server that agrees in the symbols told, or run an installation of its own for this server. Where no account of the venue is left in this environment, wait an hour and try again.',
  },
  ACCOUNT_VENUE_UNREACHABLE: {
    kind: 'unavailable',
    message: 'The venue could not be asked.',
    fix: 'Try again in a moment; look at the status page of the venue if it lasts.',
  },
  MASTER_KEYS_UNAVAILABLE: {
    kind: 'unavailable',
    message: 'The service that holds the master keys gives no answer, so that nothing can be sealed or opened.',
    fix: 'Try again in a moment; if it lasts, see that it can be reached and that what it is asked with (a token, an access key) is valid.',
  },
  ACCOUNT_OWNER_FORBIDDEN: {
    kind: 'forbidden',
    message: 'Only an operator may connect an account for somebody else.',
    fix: 'Leave userId out, or ask an operator.',
  },
  ACCOUNT_LIMIT_REACHED: {
    kind: 'refused',
    message: 'The plan of the user allows no more accounts.',
    fix: 'Remove an account that is not needed, or change to a plan that allows more.',
  },
  ACCOUNT_HAS_OPEN_ORDERS: {
    kind: 'conflict',
    message: 'The account has orders of ours that are still open.',
    fix: 'Close the positions and let the orders end, then remove the account.',
  },
  VENUE_UNSUPPORTED: {
    kind: 'refused',
    message: 'The venue does not offer this.',
    fix: 'Ask for the list of venues to see what each can do.',
  },
  VENUE_RATE_LIMITED: {
    kind: 'rate-limited',
    message: 'The venue asks for fewer requests.',
    fix: 'Try again after the time in retryAfterMs.',
  },
})

/** What is told when the holder of the master keys gave no answer; anything else is thrown on. */
export function refusalOfKeys(error: unknown): CodedError {
  if (error instanceof MasterKeysUnavailable) return brokersErrors.of('MASTER_KEYS_UNAVAILABLE')
  throw error
}

/** The answer to somebody who asked; the venue's words stay in its context. */
export function refusalOfProbe(error: BrokerError): CodedError {
  switch (error.kind) {
    case 'auth':
      return brokersErrors.of('ACCOUNT_CREDENTIALS_REFUSED', { venueMessage: error.message })
    case 'rate-limited':
      return brokersErrors.of('VENUE_RATE_LIMITED', { retryAfterMs: error.retryAfterMs })
    case 'unsupported':
      return brokersErrors.of('VENUE_UNSUPPORTED', { venueMessage: error.message })
    default:
      return brokersErrors.of('ACCOUNT_VENUE_UNREACHABLE', { venueMessage: error.message })
  }
}
