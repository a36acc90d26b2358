/** The closed error table of the gateway. Called by its use cases; the errors page is generated from it. Must never carry a token. */
import { defineErrors } from '@tradewire/kernel/errors'

export const gatewayErrors = defineErrors('gateway', {
  INVALID_PARAMETERS: {
    kind: 'invalid',
    message: 'Some parameters are not valid.',
    fix: 'Correct the fields named in the details.',
  },
  UNAUTHENTICATED: {
    kind: 'unauthenticated',
    message: 'A valid access token is needed.',
    fix: 'Send `Authorization: Bearer <access token>`; log in or refresh for a new one.',
  },
  FORBIDDEN: {
    kind: 'forbidden',
    message: 'Your roles do not allow this.',
    fix: 'Ask the operator for one of the roles named in the details.',
  },
  SCOPE_NEEDED: {
    kind: 'forbidden',
    message: 'The API key or the token of a client may not do this.',
    fix: 'Use one with the scope named in the details, or log in.',
  },
  SESSION_NEEDED: {
    kind: 'forbidden',
    message: 'This cannot be done with an API key or as a client.',
    fix: 'Log in and use the access token.',
  },
  PROOF_NEEDED: {
    kind: 'forbidden',
    message: 'This asks for a code or passkey of yours given within the last 15 minutes.',
    fix: 'Send the refresh token with `code` or `passkey` to /v1/auth/refresh and use the new access token.',
  },
  AUDIT_UNAVAILABLE: {
    kind: 'unavailable',
    message: 'The audit log cannot be written at the moment, and nothing is changed without it.',
    fix: 'Try again in a moment; see whether identity is running. Closing and stopping work meanwhile.',
  },
  RATE_LIMITED: {
    kind: 'rate-limited',
    message: 'Too many requests.',
    fix: 'Wait as many seconds as the Retry-After header says.',
  },
  COUNT_UNKNOWN: {
    kind: 'unavailable',
    message: 'Passwords and codes cannot be checked at the moment, as attempts cannot be counted.',
    fix: 'Try again in a moment; see whether Redis is running.',
  },
  KEYS_UNKNOWN: {
    kind: 'unavailable',
    message: 'Access tokens cannot be checked at the moment.',
    fix: 'Try again in a moment; see whether identity is running.',
  },
  ALERTS_UNAVAILABLE: {
    kind: 'unavailable',
    message: 'Alerts cannot be taken at the moment; nothing was stored, or storing it again does no harm.',
    fix: 'Send the same alert again.',
  },
  PAYMENTS_UNAVAILABLE: {
    kind: 'unavailable',
    message: 'Deliveries and pages of payments cannot be taken at the moment.',
    fix: 'Try again in a moment; payment providers do so by themselves.',
  },
  STREAM_UNAVAILABLE: {
    kind: 'unavailable',
    message: 'Live events cannot be followed at the moment.',
    fix: 'Try again in a moment with the id of the last event you saw.',
  },
})
