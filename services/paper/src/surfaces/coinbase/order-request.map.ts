/**
 * Bodies of POST orders to what the engine is asked. Called by the order endpoints.
 * Must never guess: a missing or impossible parameter is the venue's own refusal.
 */
import { err, ok, type Result } from '@tradewire/kernel/result'
import { parseAmount, type Amount } from '#domain/amount'
import type { OrderRequest, Refusal } from '#domain/engine/check-order'
import type { OrderListRequest } from '#domain/engine/place-order'

type Fields = Readonly<Record<string, unknown>>
export type Placement = { readonly one: OrderRequest } | { readonly pair: OrderListRequest }

const plainNumber = /^\d{1,16}(\.\d{1,12})?$/

/** Names of the venue's refusals; undefined amounts are told by the first that is missing. */
class Reader {
  refused: string | undefined

  constructor(private readonly fields: Fields) {}

  amount(name: string, refusal: string): Amount | undefined {
    const value = this.fields[name]
    const parsed = typeof value === 'string' && plainNumber.test(value) ? parseAmount(value) : undefined
    if (parsed === undefined || parsed === 0n) this.refused ??= refusal
    return parsed
  }

  text(name: string): string {
    const value = this.fields[name]
    return typeof value === 'string' ? value : ''
  }

  has(name: string): boolean {
    return this.fields[name] !== undefined
  }
}

const badSize = 'PREVIEW_INVALID_SIZE_PRECISION'
const badPrice = 'PREVIEW_INVALID_LIMIT_PRICE'
const badStop = 'PREVIEW_INVALID_STOP_PRICE'

/** The reason in the words of `preview_failure_reason` when it cannot be placed. */
export function placementOf(body: Fields): Result<Placement, string> {
  const side = body['side']
  const clientOrderId = body['client_order_id']
  const configuration = body['order_configuration']
  if (side !== 'BUY' && side !== 'SELL') return err('PREVIEW_INVALID_SIDE')
  if (typeof clientOrderId !== 'string' || clientOrderId === '') return err('PREVIEW_MISSING_CLIENT_ORDER_ID')
  const entries = Object.entries((configuration ?? {}) as Fields)
  const [entry] = entries
  if (entries.length !== 1 || entry === undefined || typeof entry[1] !== 'object' || entry[1] === null) {
    return err('PREVIEW_INVALID_ORDER_CONFIG')
  }
  const reader = new Reader(entry[1] as Fields)
  const common = { side: side === 'BUY' ? 'buy' : 'sell', clientOrderId, timeInForce: 'gtc' } as const
  const placement = requestOf(entry[0], reader, common)
  if (placement === undefined) return err('PREVIEW_UNSUPPORTED_ORDER_CONFIGURATION')
  return reader.refused === undefined ? ok(placement) : err(reader.refused)
}

type Common = Pick<OrderRequest, 'side' | 'clientOrderId' | 'timeInForce'>

function requestOf(kind: string, reader: Reader, common: Common): Placement | undefined {
  switch (kind) {
    case 'market_market_ioc': {
      // A purchase is told by what it costs: the venue takes no quantity of coins for it.
      if (common.side === 'buy') {
        const quoteQuantity = reader.amount('quote_size', 'PREVIEW_INVALID_QUOTE_SIZE')
        return { one: { ...common, type: 'market', timeInForce: 'ioc', quoteQuantity } }
      }
      return { one: { ...common, type: 'market', timeInForce: 'ioc', quantity: reader.amount('base_size', badSize) } }
    }
    case 'limit_limit_gtc':
    case 'sor_limit_ioc':
    case 'limit_limit_fok': {
      const timeInForce = kind === 'limit_limit_gtc' ? 'gtc' : kind === 'sor_limit_ioc' ? 'ioc' : 'fok'
      return { one: { ...common, type: 'limit', timeInForce, ...limitOf(reader) } }
    }
    case 'stop_limit_stop_limit_gtc': {
      const up = reader.text('stop_direction') === 'STOP_DIRECTION_STOP_UP'
      const type = up === (common.side === 'buy') ? 'stop-limit' : 'take-profit-limit'
      return { one: { ...common, type, ...limitOf(reader), triggerPrice: reader.amount('stop_price', badStop) } }
    }
    case 'trigger_bracket_gtc':
      return { pair: bracketOf(reader, common) }
    default:
      return undefined
  }
}

function limitOf(reader: Reader): Pick<OrderRequest, 'quantity' | 'price'> {
  return { quantity: reader.amount('base_size', badSize), price: reader.amount('limit_price', badPrice) }
}

function bracketOf(reader: Reader, common: Common): OrderListRequest {
  const { quantity, price } = limitOf(reader)
  const triggerPrice = reader.amount('stop_trigger_price', badStop)
  const id = common.clientOrderId
  const target: OrderRequest = { ...common, clientOrderId: `${id}-target`, type: 'limit', quantity, price }
  const stop: OrderRequest = { ...common, clientOrderId: `${id}-stop`, type: 'stop-market', quantity, triggerPrice }
  const [above, below] = common.side === 'sell' ? [target, stop] : [stop, target]
  return { clientOrderId: id, above, below }
}

/** The engine's refusals in the words of `error` and `preview_failure_reason`. */
export function previewOf({ code, detail }: Refusal): { readonly error: string; readonly preview: string } {
  const preview = (reason: string) => ({ error: 'UNKNOWN_FAILURE_REASON', preview: reason })
  switch (code) {
    case 'INSUFFICIENT_FUNDS':
      return { error: 'INSUFFICIENT_FUND', preview: 'PREVIEW_INSUFFICIENT_FUND' }
    case 'QUANTITY_RANGE':
      return preview(`PREVIEW_INVALID_BASE_SIZE_TOO_${detail === 'low' ? 'SMALL' : 'LARGE'}`)
    case 'NOTIONAL':
      return preview('PREVIEW_INVALID_QUOTE_SIZE_TOO_SMALL')
    case 'QUANTITY_STEP':
      return preview(badSize)
    case 'PRICE_STEP':
    case 'PRICE_RANGE':
    case 'PRICE_PERCENT':
      return preview('PREVIEW_INVALID_PRICE_PRECISION')
    case 'TRIGGER_STEP':
      return preview(badStop)
    case 'WOULD_TRIGGER':
      return preview(
        detail === 'up' ? 'PREVIEW_STOP_PRICE_BELOW_LAST_TRADE_PRICE' : 'PREVIEW_STOP_PRICE_ABOVE_LAST_TRADE_PRICE',
      )
    case 'LIST_PRICES':
      return preview('PREVIEW_INVALID_BRACKET_PRICES')
    case 'TOO_MANY_ORDERS':
    case 'TOO_MANY_CONDITIONAL_ORDERS':
      return preview('PREVIEW_OPEN_ORDERS_LIMIT_EXCEEDED')
    default:
      return preview('PREVIEW_INVALID_ORDER_CONFIG')
  }
}
