/**
 * The words of the OpenAPI document: introduction, tags and the shared error replies.
 * Called by openapi.ts. Must never name a machine or a version.
 */
import type { ErrorKind } from '@tradewire/kernel/errors'

export const apiDescription = [
  'One trading signal in, a protected position on every follower account, exactly once.',
  '',
  'Log in with `POST /v1/auth/login` and send the access token as `Authorization: Bearer <token>`; it lasts ten ' +
    'minutes and `POST /v1/auth/refresh` gives the next one. Amounts, prices and quantities are exact decimals as text. ' +
    'Lists answer `items` and a `nextToken` for the next page. Ids are UUIDs that sort by time. A reply may gain fields, ' +
    'and a word in it values, at any time: expect some that you do not know.',
  '',
  'Every refusal has one shape, `{"error": {"code", "message", "details"}}`, and a code that never changes its ' +
    'meaning. Every reply carries `RateLimit-Limit`, `RateLimit-Remaining` and `RateLimit-Reset` (seconds).',
].join('\n')

/** In the order in which they are shown; other tags follow by name. */
export const tagDescriptions: readonly { readonly name: string; readonly description: string }[] = [
  { name: 'Organisation', description: 'Whose installation this is.' },
  { name: 'Sessions', description: 'Log in, stay logged in, log out.' },
  { name: 'Registration', description: 'Become a user, and get back in without the password.' },
  { name: 'Second factor', description: 'Codes and passkeys beside the password.' },
  { name: 'API keys', description: 'Keys for programs of your own.' },
  { name: 'OAuth clients', description: 'Machines that speak OAuth 2 and act for a user.' },
  { name: 'Users', description: 'Who may use this installation, and as what.' },
  { name: 'Audit log', description: 'Who asked for what, in a chain that nobody can change.' },
  { name: 'Strategies', description: 'What sends signals.' },
  { name: 'Alerts', description: 'Where TradingView sends its alerts.' },
  { name: 'Signals', description: 'Alerts that were accepted or sent by hand.' },
  { name: 'Risk profiles', description: 'How much of a balance one signal may risk.' },
  { name: 'Accounts', description: 'Broker accounts and their balances.' },
  { name: 'Settings', description: 'What holds for all entries, or for those of one account.' },
  { name: 'Follows', description: 'Which account acts on which strategy, and how.' },
  { name: 'Orders', description: 'What became of a signal on each account, and why.' },
  { name: 'Positions', description: 'What is open now.' },
  { name: 'Kill switches', description: 'Stop entries, or everything, at once.' },
  { name: 'Trades', description: 'What was closed, with profit and loss.' },
  { name: 'Performance', description: 'Results over time.' },
  { name: 'Webhooks', description: 'Signed news to your own servers.' },
  { name: 'Notices', description: 'News in words: which are sent, and to which chat.' },
  { name: 'Admin', description: 'Operations in the words of the admin surface, for operators.' },
  { name: 'Marketplace', description: 'Operations in the words of the marketplace surface.' },
  { name: 'Live stream', description: 'News as it happens.' },
  { name: 'Billing', description: 'Plans, prices, subscriptions, payments and invoices.' },
  { name: 'Products', description: 'What is sold once, and purchases of it.' },
  { name: 'Performance fees', description: 'What followers owe of new profit, explained trade by trade.' },
  { name: 'Payouts', description: 'What owners of strategies have earned, and how it is paid out.' },
]

export interface ErrorReply {
  readonly name: string
  readonly description: string
  readonly code: string
  readonly message: string
  readonly details?: Readonly<Record<string, readonly string[] | string>>
  readonly headers?: Readonly<Record<string, string>>
}

const retryAfter = { 'Retry-After': 'Seconds to wait before the next try' }

export const errorReplies: Readonly<Record<ErrorKind, ErrorReply>> = {
  invalid: {
    name: 'Invalid',
    description: 'The request is malformed; `details` names each field',
    code: 'INVALID_PARAMETERS',
    message: 'Some parameters are not valid.',
    details: { limit: ['must be at most 200'] },
  },
  unauthenticated: {
    name: 'Unauthenticated',
    description: 'The access token is missing, not valid or expired',
    code: 'UNAUTHENTICATED',
    message: 'A valid access token is needed.',
  },
  forbidden: {
    name: 'Forbidden',
    description: "The caller's roles do not allow this",
    code: 'FORBIDDEN',
    message: 'Your roles do not allow this.',
  },
  'not-found': {
    name: 'NotFound',
    description: 'No such thing, or it is not yours',
    code: 'NOT_FOUND',
    message: 'It does not exist, or it is not yours.',
  },
  conflict: {
    name: 'Conflict',
    description: 'It stands against what exists already',
    code: 'ALREADY_EXISTS',
    message: 'It exists already.',
  },
  refused: {
    name: 'Refused',
    description: 'Understood, but a rule says no; the code tells which',
    code: 'REFUSED',
    message: 'A rule does not allow this.',
  },
  'rate-limited': {
    name: 'RateLimited',
    description: 'Too many requests',
    code: 'RATE_LIMITED',
    message: 'Too many requests: slow down.',
    headers: retryAfter,
  },
  unavailable: {
    name: 'Unavailable',
    description: 'A part of the system does not answer; try again later',
    code: 'SERVICE_UNAVAILABLE',
    message: 'The service does not answer: try again in a moment.',
    headers: retryAfter,
  },
  unknown: {
    name: 'Unknown',
    description: 'The outcome is not known yet; read it before you repeat the request',
    code: 'DEADLINE_EXCEEDED',
    message: 'The answer did not come in time.',
    headers: retryAfter,
  },
}

export const otherReplies: readonly ErrorReply[] = [
  { name: 'TooLarge', description: 'The body is too large', code: 'BODY_TOO_LARGE', message: 'The body is too large.' },
  {
    name: 'UnsupportedMediaType',
    description: 'The body is not JSON',
    code: 'UNSUPPORTED_MEDIA_TYPE',
    message: 'Send a body of JSON with the header `content-type: application/json`.',
  },
  {
    name: 'Internal',
    description: 'A bug of ours; the log has more under the id in `details`',
    code: 'INTERNAL',
    message: 'Something went wrong on our side.',
    details: { requestId: 'req-1' },
  },
]
