/** The closed error table of identity. Called by its use cases; the errors page is generated from it. Must never tell whether a name exists. */
import { defineErrors } from '@tradewire/kernel/errors'

export const identityErrors = defineErrors('identity', {
  WRONG_CREDENTIALS: {
    kind: 'unauthenticated',
    message: 'The user name or the password is wrong, or the user is disabled.',
    fix: 'Check both; ask the operator if the user was disabled.',
  },
  SECOND_FACTOR_NEEDED: {
    kind: 'unauthenticated',
    message: 'The password is right; this user has a second factor too.',
    fix: 'Send the same request with `code`, six digits of the app or a recovery code, or with `passkey`.',
  },
  WRONG_CODE: {
    kind: 'refused',
    message: 'The code is wrong, too old or was used before.',
    fix: 'Send the code that the authenticator app shows now, or a recovery code that was never used.',
  },
  PASSKEY_INVALID: {
    kind: 'refused',
    message: 'The passkey does not prove it: it is not yours, its challenge was used or is too old, or it was altered.',
    fix: 'Ask for a challenge anew and try once more.',
  },
  PASSKEY_KNOWN: {
    kind: 'conflict',
    message: 'This passkey was added before.',
    fix: 'Use it, or make another one.',
  },
  PASSKEY_NOT_FOUND: {
    kind: 'not-found',
    message: 'You have no such passkey.',
    fix: 'Look the id up in the list of your passkeys.',
  },
  TOO_MANY_PASSKEYS: {
    kind: 'refused',
    message: 'You have as many passkeys as one user may have.',
    fix: 'Take one away that is not used any more.',
  },
  SECOND_FACTOR_ON: {
    kind: 'conflict',
    message: 'Your second factor is on already.',
    fix: 'Turn it off first to set up another one.',
  },
  SECOND_FACTOR_OFF: {
    kind: 'conflict',
    message: 'There is no second factor to confirm or to turn off.',
    fix: 'Ask for a secret first.',
  },
  WRONG_PASSWORD: {
    kind: 'refused',
    message: 'The password is wrong.',
    fix: 'Send the password that you log in with, or registered with.',
  },
  REGISTRATION_OFF: {
    kind: 'refused',
    message: 'Nobody can register here by themselves.',
    fix: 'Ask the operator for a user.',
  },
  LINK_INVALID: {
    kind: 'refused',
    message: 'The link is not known, was used, or is too old.',
    fix: 'Ask for another one.',
  },
  TOO_MANY_MAILS: {
    kind: 'rate-limited',
    message: 'Too many e-mails were asked for, to this address or from where you are.',
    fix: 'Wait as long as `retryAfterSeconds` says; the e-mails may be in another folder meanwhile.',
  },
  TOO_MANY_ATTEMPTS: {
    kind: 'rate-limited',
    message: 'Too many wrong passwords or codes.',
    fix: 'Wait as long as `retryAfterSeconds` says, then try again.',
  },
  LOGIN_BUSY: {
    kind: 'unavailable',
    message: 'Too many log-ins are being checked at this moment.',
    fix: 'Try again in a few seconds.',
  },
  REFRESH_TOKEN_INVALID: {
    kind: 'unauthenticated',
    message: 'The refresh token is not known, has expired or belongs to a session that ended.',
    fix: 'Log in again.',
  },
  REFRESH_TOKEN_REUSED: {
    kind: 'unauthenticated',
    message: 'The refresh token was used before, so its session was ended for safety.',
    fix: 'Log in again; if it was not you who used it, change your password.',
  },
  USER_DISABLED: {
    kind: 'unauthenticated',
    message: 'This user was disabled.',
    fix: 'Ask the operator.',
  },
  USERNAME_TAKEN: {
    kind: 'conflict',
    message: 'A user with this name or e-mail address exists already.',
    fix: 'Choose another one.',
  },
  USER_NOT_FOUND: { kind: 'not-found', message: 'There is no such user.', fix: 'Look the id up in the list of users.' },
  API_KEY_INVALID: {
    kind: 'unauthenticated',
    message: 'The API key is not known, has ended or belongs to a disabled user.',
    fix: 'Create another key.',
  },
  API_KEY_NOT_FOUND: {
    kind: 'not-found',
    message: 'You have no such API key.',
    fix: 'Look the id up in the list of your API keys.',
  },
  TOO_MANY_API_KEYS: {
    kind: 'refused',
    message: 'You have as many API keys as one user may have.',
    fix: 'End one that is not used any more.',
  },
  CLIENT_INVALID: {
    kind: 'unauthenticated',
    message: 'There is no such client, its secret is wrong, or its user is disabled.',
    fix: 'Check both; have the secret rotated if it is lost.',
  },
  CLIENT_SCOPE_INVALID: {
    kind: 'refused',
    message: 'The client may not have all the scopes asked for.',
    fix: 'Ask for some of its own, or for none to get all of them.',
  },
  CLIENT_NOT_FOUND: {
    kind: 'not-found',
    message: 'There is no such client.',
    fix: 'Look the id up in the list of clients.',
  },
  TOO_MANY_CLIENTS: {
    kind: 'refused',
    message: 'There are as many clients as one installation may have.',
    fix: 'End one that is not used any more.',
  },
  SESSION_NOT_FOUND: {
    kind: 'not-found',
    message: 'You have no such session.',
    fix: 'Look the id up in the list of your sessions.',
  },
  STAFF_IS_FOR_OWNERS: {
    kind: 'forbidden',
    message: 'Owners, operators and support are made and changed by owners.',
    fix: 'Ask an owner.',
  },
  SUPPORT_STANDS_ALONE: {
    kind: 'refused',
    message: 'Support reads what is everybody’s, so it has no other role beside it.',
    fix: 'Give the role alone, or make a second user.',
  },
  LAST_OWNER: {
    kind: 'refused',
    message: 'Nobody else is an owner.',
    fix: 'Make another user an owner first.',
  },
  CANNOT_DISABLE_YOURSELF: {
    kind: 'refused',
    message: 'An operator cannot disable themselves.',
    fix: 'Let another operator do it.',
  },
})
