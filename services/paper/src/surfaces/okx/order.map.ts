/**
 * Orders, algo orders and fills of the books in OKX's words. Called by the endpoints and the streams.
 * Must never invent a state: every word stands for one of ours. Quantities leave as contracts.
 */
import { formatAmount, over, type Amount } from '#domain/amount'
import type { Instrument } from '#domain/listing/instruments'
import { averagePriceOf, bookIdOf, hasLimit, isConditional, isFinal, type Fill, type Order } from '#domain/order'
import type { Account } from '#domain/state'
import type { InstrumentType } from './okx.wire.ts'

export function instrumentType(instrument: Instrument): InstrumentType {
  return instrument.kind === 'spot' ? 'SPOT' : 'SWAP'
}

/** Base units as the venue counts them: contracts for swaps. */
export function sizeText(quantity: Amount, instrument: Instrument): string {
  return formatAmount(over(quantity, instrument.contractSize))
}

const textOrEmpty = (value: Amount | null) => (value === null ? '' : formatAmount(value))
const time = (at: number | null) => (at === null ? '' : String(at))

function stateWord(order: Order): string {
  switch (order.status) {
    case 'waiting':
    case 'open':
      return 'live'
    case 'partially-filled':
      return 'partially_filled'
    case 'filled':
      return 'filled'
    case 'cancelled':
    case 'expired':
    case 'rejected':
      return 'canceled'
  }
}

function bookType(order: Order): string {
  if (!hasLimit(order.type)) return 'market'
  return order.timeInForce === 'gtc' ? 'limit' : order.timeInForce.replace('-', '_')
}

/** Negative is what the client paid. */
function feeText(fee: Amount): string {
  return fee === 0n ? '0' : formatAmount(-fee)
}

function tradeModeOf(instrument: Instrument): string {
  return instrument.kind === 'spot' ? 'cash' : 'cross'
}

/** A stop and a target of one list are one algo order. */
export function algoIdOf(order: Order): number {
  return order.listId ?? order.id
}

export function algoClientIdOf(order: Order): string {
  return order.listClientOrderId ?? order.clientOrderId
}

/** The other half of a stop and target; undefined for an order that stands alone. */
export function otherHalfOf(account: Account, order: Order): Order | undefined {
  if (order.listId === null) return undefined
  return account.orders.findLast((each) => each.listId === order.listId && each.id !== order.id)
}

/** An order of the book: an ordinary one, or what a conditional one became when it was triggered. */
export function orderView(order: Order, instrument: Instrument, context: OrderContext) {
  const fromAlgo = isConditional(order.type)
  const last = context.lastFill
  return {
    accFillSz: sizeText(order.filled, instrument),
    algoClOrdId: fromAlgo ? algoClientIdOf(order) : '',
    algoId: fromAlgo ? String(algoIdOf(order)) : '',
    attachAlgoClOrdId: '',
    attachAlgoOrds: [],
    avgPx: textOrEmpty(averagePriceOf(order)),
    cTime: time(order.triggeredAt ?? order.acceptedAt),
    cancelSource: order.status === 'cancelled' ? '1' : isFinal(order.status) && order.status !== 'filled' ? '13' : '',
    cancelSourceReason: order.reason ?? '',
    category: order.forced ? 'full_liquidation' : 'normal',
    ccy: '',
    clOrdId: fromAlgo || order.forced ? '' : order.clientOrderId,
    fee: feeText(order.fee),
    feeCcy: order.feeCurrency ?? '',
    fillPx: last === undefined ? '' : formatAmount(last.price),
    fillSz: last === undefined ? '0' : sizeText(last.quantity, instrument),
    fillTime: last === undefined ? '' : time(last.at),
    instId: instrument.venueSymbol,
    instType: instrumentType(instrument),
    isTpLimit: 'false',
    lever: context.leverage === null ? '' : String(context.leverage),
    linkedAlgoOrd: { algoId: '' },
    ordId: String(bookIdOf(order)),
    ordType: bookType(order),
    pnl: formatAmount(order.realizedPnl),
    posSide: instrument.kind === 'spot' ? '' : 'net',
    px: textOrEmpty(order.price),
    pxType: '',
    pxUsd: '',
    pxVol: '',
    quickMgnType: '',
    rebate: '0',
    rebateCcy: instrument.quote,
    reduceOnly: String(order.reduceOnly || order.closePosition),
    side: order.side,
    slOrdPx: '',
    slTriggerPx: '',
    slTriggerPxType: '',
    source: fromAlgo ? '7' : '',
    state: stateWord(order),
    stpId: '',
    stpMode: 'cancel_maker',
    sz: sizeText(order.quantity ?? 0n, instrument),
    tag: '',
    tdMode: tradeModeOf(instrument),
    tgtCcy: instrument.kind === 'spot' && order.type === 'market' ? 'base_ccy' : '',
    tpOrdPx: '',
    tpTriggerPx: '',
    tpTriggerPxType: '',
    tradeId: last === undefined ? '' : String(last.tradeId),
    uTime: time(order.updatedAt),
  }
}

export interface OrderContext {
  readonly leverage: number | null
  readonly lastFill: Fill | undefined
}

function algoState(order: Order): string {
  if (order.triggeredId !== null) return 'effective'
  return order.status === 'rejected' || order.status === 'expired' ? 'order_failed' : stateWord(order)
}

const isStop = ({ type }: Order) => type === 'stop-market' || type === 'stop-limit'
const isTarget = ({ type }: Order) => type === 'take-profit-market' || type === 'take-profit-limit'

function algoType(order: Order): string {
  if (order.listId !== null) return 'oco'
  return order.type === 'trailing-stop-market' ? 'move_order_stop' : 'conditional'
}

/** Stops, targets and trailing stops have fields of their own. */
function triggerFields(order: Order, halves: readonly Order[]) {
  const stop = halves.find(isStop)
  const target = halves.find(isTarget)
  const limitOf = (half: Order | undefined) =>
    half === undefined ? '' : half.price === null ? '-1' : formatAmount(half.price)
  const rate = order.callbackRate
  return {
    ordType: algoType(order),
    slTriggerPx: textOrEmpty(stop?.triggerPrice ?? null),
    slOrdPx: limitOf(stop),
    slTriggerPxType: stop === undefined ? '' : 'last',
    tpTriggerPx: textOrEmpty(target?.triggerPrice ?? null),
    tpOrdPx: limitOf(target),
    tpTriggerPxType: target === undefined ? '' : 'last',
    triggerPx: '',
    triggerPxType: '',
    ordPx: '',
    callbackRatio: rate === null ? '' : formatAmount(over(rate, percent)),
    activePx: textOrEmpty(order.activationPrice),
  }
}

const percent: Amount = 10_000_000_000n

export interface AlgoContext {
  readonly leverage: number | null
  readonly otherHalf: Order | undefined
}

/** Of two halves, the one that was triggered tells what became of the whole. */
export function algoView(first: Order, instrument: Instrument, { leverage, otherHalf }: AlgoContext) {
  const halves = otherHalf === undefined ? [first] : [first, otherHalf]
  const order = halves.find(({ triggeredId }) => triggeredId !== null) ?? first
  const triggered = order.triggeredId !== null
  return {
    ...triggerFields(order, halves),
    activePxType: order.activationPrice === null ? '' : 'last',
    actualPx: textOrEmpty(averagePriceOf(order)),
    actualSide: triggered ? order.side : '',
    actualSz: triggered ? sizeText(order.quantity ?? 0n, instrument) : '0',
    algoClOrdId: algoClientIdOf(order),
    algoId: String(algoIdOf(order)),
    amendPxOnTriggerType: '0',
    attachAlgoOrds: [],
    cTime: time(order.acceptedAt),
    callbackSpread: '',
    ccy: '',
    clOrdId: '',
    closeFraction: order.closePosition ? '1' : '',
    failCode: algoState(order) === 'order_failed' ? '51205' : '',
    instId: instrument.venueSymbol,
    instType: instrumentType(instrument),
    last: '',
    lever: leverage === null ? '' : String(leverage),
    linkedOrd: { ordId: '' },
    moveTriggerPx: '',
    ordId: triggered ? String(order.triggeredId) : '',
    ordIdList: triggered ? [String(order.triggeredId)] : [],
    posSide: instrument.kind === 'spot' ? '' : 'net',
    pxLimit: '',
    pxSpread: '',
    pxVar: '',
    quickMgnType: '',
    reduceOnly: String(order.reduceOnly || order.closePosition),
    side: order.side,
    state: algoState(order),
    sz: order.quantity === null ? '' : sizeText(order.quantity, instrument),
    szLimit: '',
    tag: '',
    tdMode: tradeModeOf(instrument),
    tgtCcy: '',
    timeInterval: '',
    triggerTime: time(order.triggeredAt),
    uTime: time(order.updatedAt),
  }
}

export function fillView(fill: Fill, instrument: Instrument) {
  const { order } = fill
  return {
    instType: instrumentType(instrument),
    instId: instrument.venueSymbol,
    tradeId: String(fill.tradeId),
    ordId: String(bookIdOf(order)),
    clOrdId: isConditional(order.type) || order.forced ? '' : order.clientOrderId,
    billId: String(fill.tradeId),
    subType: order.forced ? (order.side === 'sell' ? '104' : '105') : order.side === 'buy' ? '1' : '2',
    tag: '',
    fillPx: formatAmount(fill.price),
    fillSz: sizeText(fill.quantity, instrument),
    fillIdxPx: '',
    fillPnl: formatAmount(fill.realizedPnl),
    fillPxVol: '',
    fillPxUsd: '',
    fillMarkVol: '',
    fillFwdPx: '',
    fillMarkPx: '',
    side: order.side,
    posSide: 'net',
    execType: fill.maker ? 'M' : 'T',
    feeCcy: fill.feeCurrency,
    fee: feeText(fill.fee),
    ts: time(fill.at),
    fillTime: time(fill.at),
  }
}
