import { approveOrder } from '@tradewire/broker-kit/approved-order'
import { encodeClientOrderId } from '@tradewire/broker-kit/client-order-id'
import { orderSubmit } from '@tradewire/contracts/events/orders'
import { SystemClock } from '@tradewire/kernel/clock'
import { SystemRandomness } from '@tradewire/kernel/randomness'
import { memoryLogger } from '@tradewire/testkit/memory-logger'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AnsweringHost } from '#testing/answering-host'
import { callHostile } from '#testing/hostile-calls'
import { hostileReplies, hostileTexts } from '#testing/hostile-replies'
import { directKeyOf } from './paper-direct.wire.ts'
import { PaperSession } from './paper-session.client.ts'
import { paperBroker } from './paper.adapter.ts'

const command = orderSubmit.data.parse(orderSubmit.example)
const at = '2022-09-09T01:57:36.304Z'
const order = {
  orderId: '7',
  clientOrderId: 'x',
  symbol: 'BTC/USDT',
  side: 'buy',
  type: 'market',
  status: 'filled',
  quantity: '0.015',
  filledQuantity: '0.015',
  averagePrice: '42000',
  price: null,
  triggerPrice: null,
  reduceOnly: false,
  closePosition: false,
  fee: '0.1',
  feeCurrency: 'USDT',
  reason: null,
  createdAt: at,
  updatedAt: at,
}
const fill = { tradeId: '1', orderId: '7', clientOrderId: 'x', symbol: 'BTC/USDT', side: 'buy', price: '42000' }
const rest = { quantity: '0.015', fee: '0.1', feeCurrency: 'USDT', realizedPnl: '0', maker: false, at }
const position = {
  symbol: 'BTC/USDT',
  quantity: '-1',
  entryPrice: '1',
  markPrice: '1',
  unrealizedPnl: '-1',
  leverage: 5,
}
const good = [
  order,
  { orders: [order] },
  { fills: [{ ...fill, ...rest }] },
  { positions: [position] },
  { balances: [{ currency: 'USDT', total: '1', free: '1', equity: '1' }] },
  { code: 'INSUFFICIENT_MARGIN', message: 'words' },
  { code: 'RATE_LIMITED', message: 'words', retryAfterMs: 5 },
]
const exit = { purpose: 'stop', side: 'sell', reduceOnly: true } as const
const orders = [{}, { ...exit, type: 'stop-market', triggerPrice: '19000' }].map((part) => {
  const id = encodeClientOrderId(paperBroker.capabilities.clientId, command.intentId)
  const approved = approveOrder({ ...command, quantity: '0.015', ...part }, id)
  if (!approved.ok) throw new Error(approved.error.message)
  return approved.value
})

describe('the direct protocol, whatever its replies are', () => {
  it('never ends in an exception, and makes a placement unknown or coded', async () => {
    let reply = { status: 200, body: '' }
    let replies = 0
    const host = new AnsweringHost(() => {
      replies += 1
      return reply
    })
    const session = new PaperSession(host, directKeyOf({ apiKey: 'key', secret: 'secret' }), {
      clock: new SystemClock(),
      randomness: new SystemRandomness(),
      log: memoryLogger().logger,
      paperUrl: 'http://nobody.invalid',
      connectionsMax: 1,
      requestTimeoutMs: 1_000,
    })
    const hostile = { session, orders, symbol: 'BTC/USDT', since: new Date(0) }
    let calls = 0
    const statuses = fc.constantFrom(200, 200, 200, 200, 400, 401, 409, 418, 429, 500, 503)
    await fc.assert(
      fc.asyncProperty(hostileTexts(good), statuses, async (body, status) => {
        if (replies >= hostileReplies) return
        reply = { status, body }
        await callHostile(hostile, calls)
        calls += 1
      }),
      {
        numRuns: 3 * hostileReplies,
        endOnFailure: true,
        examples: [[JSON.stringify({ ...order, filledQuantity: '-0.5' }), 200]],
      },
    )
    expect(replies).toBeGreaterThanOrEqual(hostileReplies)
  })
})
