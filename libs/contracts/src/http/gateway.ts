/** Operations that the gateway answers or passes on by itself. Called by the gateway and the OpenAPI page. Must never hold behaviour. */
import { z } from 'zod'
import { roles } from '../caller.ts'
import { defineOperation, type PlainOperation } from '../define-operation.ts'
import type { EventContract } from '../define-event.ts'
import { paymentFailed, paymentSucceeded, subscriptionChanged } from '../events/billing.ts'
import { accountChanged, accountConnected, accountDisconnected, balanceUpdated } from '../events/brokers.ts'
import { orderPlanned, positionProtected, positionUnprotected, tradeClosed, tradeOpened } from '../events/orders.ts'
import { signalAccepted } from '../events/signals.ts'
import { webhookDisabled } from '../events/webhooks.ts'
import { issueTokenOperation } from './oauth.ts'

/** As Node spells it. Quoted, as the IETF's draft has it, or plain. */
export const idempotencyKeyHeader = 'idempotency-key'
export const idempotencyKeyCharactersMax = 255
/**
 * What a request under a key that is known is told. The same on all surfaces, whatever statuses their documents have:
 * who sends a key knows the header from here.
 */
export const idempotencyStatusOf: Readonly<Record<string, 409 | 422>> = {
  REQUEST_IN_FLIGHT: 409,
  IDEMPOTENCY_KEY_REUSED: 422,
}

export const alertPath = '/v1/webhook/strategy'
export const streamPath = '/v1/stream'

/** What the live stream may carry. */
export const liveEvents: readonly EventContract[] = [
  signalAccepted,
  orderPlanned,
  tradeOpened,
  tradeClosed,
  positionUnprotected,
  positionProtected,
  accountConnected,
  accountDisconnected,
  accountChanged,
  balanceUpdated,
  webhookDisabled,
  paymentSucceeded,
  paymentFailed,
  subscriptionChanged,
]

const tolerant = z.union([z.string(), z.number()]).nullable()

/** For the page only: `signals` parses alerts, tolerantly. */
const alert = z
  .object({
    strategy: z.string().meta({ description: 'Id of the strategy' }),
    secret: z.string().meta({ description: "The strategy's secret" }),
    orderPrice: tolerant.meta({ description: 'Price at the time of the alert' }),
    type: z.enum(['buy', 'sell']),
    stop: tolerant.meta({ description: 'Stop-loss price' }),
    stopType: z.string().meta({ description: 'limit or market, in any case' }),
    trailingTrigger: tolerant.optional().meta({ description: 'Must be used with callbackRate; it is not a price' }),
    callbackRate: tolerant.optional().meta({ description: 'Must be used with trailingTrigger' }),
    takeProfit: tolerant.optional().meta({ description: 'One to four targets, this one and the numbered ones' }),
    takeProfit1: tolerant.optional(),
    takeProfit2: tolerant.optional(),
    takeProfit3: tolerant.optional(),
    takeProfitPrice1: tolerant.optional().meta({ description: 'Another name of takeProfit1' }),
    takeProfitPrice2: tolerant.optional().meta({ description: 'Another name of takeProfit2' }),
    takeProfitPrice3: tolerant.optional().meta({ description: 'Another name of takeProfit3' }),
    winRate: tolerant.optional(),
    alertId: tolerant.optional().meta({
      description: 'Your own id of the alert, at most 120 characters: tells repetitions from new alerts for certain',
    }),
  })
  .meta({ id: 'Alert', description: 'Numbers may be text; "NaN" means absent' })

const alertExample = {
  strategy: '61b79e6d-7e22-4f91-b508-ef5be6a21419',
  secret: 'secret',
  orderPrice: '19286.5',
  callbackRate: '2',
  trailingTrigger: '95',
  winRate: '49.55',
  type: 'buy',
  stop: '19280.4',
  stopType: 'Limit',
  takeProfit: 'NaN',
  takeProfitPrice1: '19288',
  takeProfitPrice2: '19289.5',
  takeProfitPrice3: '19291.1',
}

const fieldError = z.object({ msg: z.string(), param: z.string(), location: z.string().optional() })
/** Of several fields together, which ones: then `param` is `_error`. */
const alertProblem = fieldError.extend({ nestedErrors: z.array(fieldError).optional() })
const alertProblems = z.object({ errors: z.array(alertProblem) })
const alertError = z.object({ error: z.string() })
/** Of the gateway itself, which stands before the intake. */
const gatewayError = z.object({
  error: z.object({ code: z.string(), message: z.string(), details: z.record(z.string(), z.unknown()) }),
})

export const sendAlert = defineOperation({
  operation: 'sendAlert',
  tag: 'Alerts',
  form: 'admin',
  method: 'POST',
  path: alertPath,
  summary: 'Trigger a strategy by a TradingView alert',
  description:
    'Once an alert is answered with 200 it is stored for good. The same alert sent again gets the first answer again. ' +
    '503 means that nothing was stored and that it may be sent again.',
  access: 'public',
  counted: false,
  body: { 'application/json': alert, 'text/plain': z.string() },
  bodyExample: alertExample,
  replies: [
    {
      status: 200,
      description: 'Stored; there is no body',
      content: {},
      headers: {
        'tradewire-signal-id': 'Id of the signal, that of the first one when the same alert came before',
        'tradewire-duplicate': '`true` when the same alert came before',
      },
    },
    {
      status: 400,
      description: 'Not one JSON object, or a field is given twice',
      content: { 'application/json': z.union([alertProblems, alertError]) },
      example: { errors: [{ msg: 'must be a JSON object', param: '_error', location: 'body' }] },
    },
    {
      status: 401,
      description: 'The strategy is not known, or its secret is wrong',
      content: { 'application/json': alertError },
      example: { error: 'unauthorized' },
    },
    {
      status: 413,
      description: 'The alert is too large',
      content: { 'application/json': z.union([alertError, gatewayError]) },
      example: { error: 'payload too large' },
    },
    {
      status: 422,
      description: 'Well-formed, but it cannot be acted on',
      content: { 'application/json': alertProblems },
      example: { errors: [{ msg: 'must be greater than 0', param: 'orderPrice', location: 'body' }] },
    },
    {
      status: 503,
      description: 'Nothing was stored; send it again',
      content: { 'application/json': z.union([alertError, gatewayError]) },
      example: { error: 'temporarily unavailable' },
      headers: { 'Retry-After': 'Seconds to wait before the next try' },
    },
  ],
})

const openStream = defineOperation({
  operation: 'openStream',
  tag: 'Live stream',
  form: 'own',
  method: 'GET',
  path: streamPath,
  summary: 'Follow live events as server-sent events',
  description:
    'Operators and support see every event, others only their own. Each event has an id; send the last one back as ' +
    '`Last-Event-ID` to go on where you left off. `stream.reset` says that events in between are gone: read the ' +
    'lists again. A comment comes every 15 seconds. The stream ends when the access token expires and when a client ' +
    `reads too slowly. Events: ${liveEvents.map((contract) => `\`${contract.name}\``).join(', ')}.`,
  access: [...roles],
  query: z.strictObject({
    events: z
      .string()
      .max(400)
      .optional()
      .meta({ description: 'Only these events, comma separated', examples: ['trade.opened,trade.closed'] }),
  }),
  headers: z.strictObject({
    'Last-Event-ID': z
      .string()
      .max(40)
      .optional()
      .meta({ description: 'Where to go on', examples: ['1042.0'] }),
  }),
  replies: [
    {
      status: 200,
      description: 'Events until either side hangs up',
      content: { 'text/event-stream': z.string() },
      example: `id: 1042.0\nevent: ${tradeOpened.name}\ndata: {"id":"...","occurredAt":"...","data":{}}\n\n`,
    },
  ],
})

export const gatewayOperations: readonly PlainOperation[] = [sendAlert, openStream, issueTokenOperation]
