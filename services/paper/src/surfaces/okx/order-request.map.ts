/**
 * Bodies of /trade/order and /trade/order-algo to what the engine is asked.
 * Called by the order endpoints. Must never guess: a missing or impossible parameter is the venue's own error.
 */
import { err, ok, type Result } from '@tradewire/kernel/result'
import { parseAmount, times, type Amount } from '#domain/amount'
import type { OrderRequest } from '#domain/engine/check-order'
import type { OrderListRequest } from '#domain/engine/place-order'
import type { OrderType, TimeInForce } from '#domain/order'
import type { Market } from '#domain/state'
import { type Fields, parameterError, type PartRefused, textOf } from './okx.wire.ts'

const plainNumber = /^\d{1,16}(\.\d{1,12})?$/
const clientId = /^[A-Za-z0-9]{1,32}$/
const atMarket = '-1'
const percent: Amount = 10_000_000_000n
const timesInForce: Readonly<Record<string, TimeInForce>> = {
  market: 'ioc',
  limit: 'gtc',
  fok: 'fok',
  ioc: 'ioc',
  optimal_limit_ioc: 'ioc',
}

/** Reads fields one after the other and remembers the first thing wrong. */
class Reader {
  refused: PartRefused | undefined

  constructor(
    private readonly fields: Fields,
    private readonly market: Market,
  ) {}

  text(name: string): string | undefined {
    return textOf(this.fields, name)
  }

  fail(refused: PartRefused): void {
    this.refused ??= refused
  }

  amount(name: string): Amount | undefined {
    const text = this.text(name)
    if (text === undefined) return undefined
    const parsed = plainNumber.test(text) ? parseAmount(text) : undefined
    if (parsed === undefined || parsed === 0n) this.fail(parameterError(name))
    return parsed
  }

  /** Contracts become base units. */
  size(): Amount | undefined {
    const contracts = this.amount('sz')
    return contracts === undefined ? undefined : times(contracts, this.market.instrument.contractSize)
  }

  word<Word extends string>(name: string, words: readonly Word[]): Word | undefined {
    const found = words.find((word) => word === this.text(name))
    if (found === undefined) this.fail(parameterError(name))
    return found
  }

  flag(name: string): boolean {
    return this.text(name) === 'true'
  }

  /** Undefined when the client sent none. */
  clientId(name: string): string | undefined {
    const text = this.text(name)
    if (text !== undefined && !clientId.test(text)) this.fail(parameterError(name))
    return text
  }
}

/** What all orders have: the side, and the mode that the simulated account is in. */
function commonOf(reader: Reader, market: Market): Pick<OrderRequest, 'side' | 'reduceOnly'> {
  const spot = market.instrument.kind === 'spot'
  reader.word('tdMode', spot ? ['cash'] : ['cross'])
  if (!spot && (reader.text('posSide') ?? 'net') !== 'net') reader.fail(parameterError('posSide'))
  const side = reader.word('side', ['buy', 'sell'])
  return { side: side ?? 'buy', reduceOnly: !spot && reader.flag('reduceOnly') }
}

export function orderRequestOf(
  fields: Fields,
  market: Market,
  makeId: () => string,
): Result<OrderRequest, PartRefused> {
  const reader = new Reader(fields, market)
  if (fields['attachAlgoOrds'] !== undefined) reader.fail(parameterError('attachAlgoOrds'))
  const common = commonOf(reader, market)
  const ordType = reader.text('ordType') ?? ''
  const timeInForce = timesInForce[ordType]
  if (timeInForce === undefined) reader.fail(parameterError('ordType'))
  const type = ordType === 'market' || ordType === 'optimal_limit_ioc' ? 'market' : 'limit'
  const size = reader.size()
  if (size === undefined) reader.fail(parameterError('sz'))
  const price = type === 'limit' ? reader.amount('px') : undefined
  if (type === 'limit' && price === undefined) {
    reader.fail({ sCode: '51204', sMsg: 'The price for the limit order cannot be empty.' })
  }
  const request: OrderRequest = {
    ...common,
    ...sizeFields(reader, market, { type, size, side: common.side }),
    clientOrderId: reader.clientId('clOrdId') ?? makeId(),
    type,
    timeInForce: timeInForce ?? 'gtc',
    price,
  }
  return reader.refused === undefined ? ok(request) : err(reader.refused)
}

/** A spot market buy counts in the quote currency unless the client says otherwise: the venue's own trap. */
function sizeFields(
  reader: Reader,
  { instrument }: Market,
  order: { readonly type: OrderType; readonly size: Amount | undefined; readonly side: string },
): Pick<OrderRequest, 'quantity' | 'quoteQuantity'> {
  const spotMarket = instrument.kind === 'spot' && order.type === 'market'
  const unit = reader.text('tgtCcy') ?? (order.side === 'buy' ? 'quote_ccy' : 'base_ccy')
  return spotMarket && unit === 'quote_ccy' ? { quoteQuantity: order.size } : { quantity: order.size }
}

/** `oco`: a stop and a target around the price, of which one ends the other. Coins only. */
export function pairRequestOf(
  fields: Fields,
  market: Market,
  makeId: () => string,
): Result<OrderListRequest, PartRefused> {
  const reader = new Reader(fields, market)
  const common = commonOf(reader, market)
  if (market.instrument.kind !== 'spot') reader.fail(parameterError('ordType'))
  const quantity = reader.size()
  if (quantity === undefined) reader.fail(parameterError('sz'))
  const clientOrderId = reader.clientId('algoClOrdId') ?? makeId()
  const legOf = (part: AlgoPart, name: string): OrderRequest => {
    return { ...common, ...part, quantity, timeInForce: 'gtc', clientOrderId: `${clientOrderId}-${name}` }
  }
  const stop = legOf(triggered(reader, 'stop', ['slTriggerPx', 'slOrdPx']), 'stop')
  const target = legOf(triggered(reader, 'take-profit', ['tpTriggerPx', 'tpOrdPx']), 'target')
  const [above, below] = common.side === 'sell' ? [target, stop] : [stop, target]
  return reader.refused === undefined ? ok({ clientOrderId, above, below }) : err(reader.refused)
}

interface AlgoPart {
  readonly type: OrderType
  readonly triggerPrice?: Amount | undefined
  readonly price?: Amount | undefined
  readonly activationPrice?: Amount | undefined
  readonly callbackRate?: Amount | undefined
}

/** Stops and targets (`conditional`), entries and others by price (`trigger`), trailing stops (`move_order_stop`). */
export function algoRequestOf(fields: Fields, market: Market, makeId: () => string): Result<OrderRequest, PartRefused> {
  const reader = new Reader(fields, market)
  const common = commonOf(reader, market)
  const part = algoPartOf(reader, market, common.side)
  const closes = reader.text('closeFraction') === '1'
  if (closes && !reader.flag('reduceOnly')) {
    reader.fail({ sCode: '51328', sMsg: 'closeFraction is only available for reduceOnly orders' })
  }
  const quantity = closes ? undefined : reader.size()
  if (!closes && quantity === undefined) reader.fail(parameterError('sz'))
  const request: OrderRequest = {
    ...common,
    ...part,
    reduceOnly: common.reduceOnly === true && !closes,
    closePosition: closes,
    quantity,
    clientOrderId: reader.clientId('algoClOrdId') ?? makeId(),
    timeInForce: 'gtc',
  }
  return reader.refused === undefined ? ok(request) : err(reader.refused)
}

function algoPartOf(reader: Reader, market: Market, side: string): AlgoPart {
  switch (reader.text('ordType')) {
    case 'conditional': {
      if (reader.text('slTriggerPx') !== undefined) return triggered(reader, 'stop', ['slTriggerPx', 'slOrdPx'])
      return triggered(reader, 'take-profit', ['tpTriggerPx', 'tpOrdPx'])
    }
    case 'trigger': {
      const trigger = reader.amount('triggerPx') ?? 0n
      const above = trigger > market.price
      return triggered(reader, above === (side === 'buy') ? 'stop' : 'take-profit', ['triggerPx', 'orderPx'])
    }
    case 'move_order_stop': {
      const ratio = reader.amount('callbackRatio')
      if (ratio === undefined) reader.fail(parameterError('callbackRatio'))
      const callbackRate = times(ratio ?? 0n, percent)
      return { type: 'trailing-stop-market', callbackRate, activationPrice: reader.amount('activePx') }
    }
    default:
      reader.fail(parameterError('ordType'))
      return { type: 'stop-market' }
  }
}

function triggered(reader: Reader, kind: 'stop' | 'take-profit', names: readonly [string, string]): AlgoPart {
  const [triggerName, priceName] = names
  const triggerPrice = reader.amount(triggerName)
  if (triggerPrice === undefined) reader.fail(parameterError(triggerName))
  const limit = reader.text(priceName)
  if (limit === undefined) reader.fail(parameterError(priceName))
  if (limit === undefined || limit === atMarket) return { type: `${kind}-market`, triggerPrice }
  return { type: `${kind}-limit`, triggerPrice, price: reader.amount(priceName) }
}
