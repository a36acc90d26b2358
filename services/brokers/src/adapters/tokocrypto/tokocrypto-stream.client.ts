/**
 * The script of Tokocrypto's stream: a token to listen with, then Binance's reports. Called by the Tokocrypto adapter.
 * Must never take the order ids of these reports for the venue's own: they are those of the machinery behind it.
 */
import type { OrderReference, VenueOrder } from '@tradewire/broker-kit/broker-session'
import { decodeClientOrderId } from '@tradewire/broker-kit/client-order-id'
import { z } from 'zod'
import * as binance from '../binance/binance-order.wire.ts'
import { endpoint, type ExchangeApi } from '../ccxt/exchange-api.client.ts'
import { pairIdOf } from '../ccxt/order-halves.map.ts'
import type { StreamLine, StreamScript } from '../ccxt/socket-stream.client.ts'
import { tokocryptoClientId } from './tokocrypto-capabilities.wire.ts'
import { data } from '../ccxt/wrapped-data.wire.ts'

const listenToken = data(z.object({ token: z.string().min(1) }))
const message = z.object({
  result: z.object({ subscriptionId: z.number() }).optional(),
  error: z.object({ code: z.number(), msg: z.string() }).optional(),
  event: z.looseObject({ e: z.string() }).optional(),
})

type Looked = Pick<OrderReference, 'clientOrderId' | 'symbol'> & { readonly pair: boolean }

export interface TokocryptoStreamParts {
  readonly api: ExchangeApi
  readonly url: string
  /** The order as the venue itself has it; null when it cannot be read now. */
  readonly look: (looked: Looked) => Promise<VenueOrder | null>
}

/** Tokens run out: every connection begins with a new one. */
export function tokocryptoScript({ api, url, look }: TokocryptoStreamParts): StreamScript {
  let token = ''
  return {
    async target() {
      const given = await api.call('read', listenToken, (exchange) =>
        endpoint(exchange, 'privatePostOpenV1UserListenToken'),
      )
      if (!given.ok) throw new Error(given.error.message)
      token = given.value.token
      return { url }
    },
    opened: (send) =>
      send(
        JSON.stringify({
          id: 'subscribe',
          method: 'userDataStream.subscribe.listenToken',
          params: { listenToken: token },
        }),
      ),
    heard(raw, line) {
      const told = message.safeParse(raw)
      if (!told.success) return line.reconnect('a message of the stream cannot be read')
      const { result, error, event } = told.data
      if (result !== undefined) line.confirmUp()
      if (error !== undefined) line.reconnect(error.msg)
      if (event?.e === 'eventStreamTerminated' || event?.e === 'serverShutdown') line.reconnect(event.e)
      if (event?.e === 'executionReport') reported(event, line)
    },
  }

  function reported(event: unknown, line: StreamLine): void {
    const report = binance.orderReport.safeParse(event)
    if (!report.success) return line.reconnect('an order update cannot be read')
    const told = binance.clientIdOfReport(report.data)
    const pair = pairIdOf(told)
    const clientOrderId = pair ?? told
    const symbol = symbolOf(report.data.s)
    if (symbol === null || report.data.x === 'NEW' || decodeClientOrderId(tokocryptoClientId, clientOrderId) === null)
      return
    const order = { ...binance.venueOrderOfReport(report.data, symbol, clientOrderId), venueOrderId: null }
    if (pair === null && order.status === 'working') return line.tell({ kind: 'order', order })
    // Halves end one after the other, and fees come trade by trade: the venue knows the whole.
    void look({ clientOrderId, symbol, pair: pair !== null }).then((found) => {
      if (found !== null || pair === null) line.tell({ kind: 'order', order: found ?? order })
    })
  }

  function symbolOf(name: string): string | null {
    const market = api.markets().find(({ base, quote }) => `${base}${quote}` === name)
    return market === undefined ? null : `${market.base}/${market.quote}`
  }
}
