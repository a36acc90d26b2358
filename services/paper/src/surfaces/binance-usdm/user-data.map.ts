/**
 * Records as the user data events of Binance USD-M futures.
 * Called by the user streams. Must never show an algo order as an ordinary one before it was triggered.
 */
import { formatAmount } from '#domain/amount'
import { accountMargin } from '#domain/margin/margin'
import { averagePriceOf, bookIdOf, isConditional, isFinal, type Order } from '#domain/order'
import { entryPriceOf } from '#domain/margin/position'
import type { OrderFilled } from '#domain/records'
import type { Account } from '#domain/state'
import { sideWord, statusWord } from '../binance/order-words.map.ts'
import type { News, Translator } from '../streams/user-streams.wire.ts'
import {
  algoStatusWord,
  currentType,
  moneyText,
  priceText,
  quantityText,
  timeInForceWords,
  typeWords,
} from './order.map.ts'

type Execution = 'NEW' | 'TRADE' | 'CANCELED' | 'EXPIRED' | 'CALCULATED'

export const usdmEvents: Translator = (news) => {
  const { record, order } = news
  if (record.kind === 'leverage') return [configUpdate(news, record.symbol, record.leverage)]
  if (record.kind === 'insured') return [accountUpdate(news, 'INSURANCE_CLEAR')]
  if (order === undefined) return []
  const algo = isConditional(order.type)
  switch (record.kind) {
    case 'accepted':
      return [algo ? algoUpdate(news, order, 'NEW') : orderUpdate(news, order, 'NEW')]
    case 'triggered':
      return [algoUpdate(news, order, 'TRIGGERED'), orderUpdate(news, order, 'NEW')]
    case 'filled': {
      const fill = orderUpdate(news, order, order.forced ? 'CALCULATED' : 'TRADE', record)
      return [accountUpdate(news, 'ORDER'), fill, ...finished(news, order)]
    }
    case 'ended': {
      if (algo && order.triggeredId === null) return [algoUpdate(news, order, algoStatusWord(order))]
      const execution = record.status === 'cancelled' ? 'CANCELED' : 'EXPIRED'
      return [orderUpdate(news, order, execution), ...finished(news, order)]
    }
    default:
      return []
  }
}

function finished(news: News, order: Order): string[] {
  return isConditional(order.type) && isFinal(order.status) ? [algoUpdate(news, order, 'FINISHED')] : []
}

function orderUpdate(news: News, order: Order, execution: Execution, fill?: OrderFilled): string {
  const transactedAt = fill?.at ?? order.updatedAt
  return JSON.stringify({
    e: 'ORDER_TRADE_UPDATE',
    E: news.now,
    T: transactedAt,
    o: {
      s: order.symbol.replace('/', ''),
      c: order.clientOrderId,
      S: sideWord(order),
      o: currentType(order),
      f: timeInForceWords[order.timeInForce],
      q: quantityText(order.quantity),
      p: priceText(order.price),
      ap: priceText(averagePriceOf(order)),
      sp: priceText(order.triggerPrice),
      x: execution,
      X: statusWord(order),
      i: bookIdOf(order),
      l: quantityText(fill?.quantity ?? 0n),
      z: quantityText(order.filled),
      L: priceText(fill?.price ?? 0n),
      N: fill?.feeCurrency ?? 'USDT',
      n: fill === undefined ? '0' : moneyText(fill.fee),
      T: transactedAt,
      t: fill?.tradeId ?? 0,
      b: '0',
      a: '0',
      m: fill?.maker ?? false,
      R: order.reduceOnly,
      wt: 'CONTRACT_PRICE',
      ot: typeWords[order.type],
      ps: 'BOTH',
      cp: order.closePosition,
      AP: priceText(order.activationPrice),
      cr: order.callbackRate === null ? '0' : formatAmount(order.callbackRate),
      pP: false,
      si: 0,
      ss: 0,
      rp: moneyText(fill?.realizedPnl ?? 0n),
      V: 'NONE',
      pm: 'NONE',
      gtd: 0,
      er: '0',
    },
  })
}

function algoUpdate({ now }: News, order: Order, status: string): string {
  const triggered = order.triggeredId !== null
  return JSON.stringify({
    e: 'ALGO_UPDATE',
    T: now,
    E: now,
    o: {
      caid: order.clientOrderId,
      aid: order.id,
      at: 'CONDITIONAL',
      o: typeWords[order.type],
      s: order.symbol.replace('/', ''),
      S: sideWord(order),
      ps: 'BOTH',
      f: timeInForceWords[order.timeInForce],
      q: quantityText(order.quantity),
      X: status,
      ai: triggered ? String(order.triggeredId) : '',
      ap: priceText(averagePriceOf(order)),
      aq: quantityText(order.filled),
      act: triggered ? currentType(order) : '0',
      tp: formatAmount(order.triggerPrice ?? 0n),
      p: formatAmount(order.price ?? 0n),
      V: 'NONE',
      wt: 'CONTRACT_PRICE',
      pm: 'NONE',
      cp: order.closePosition,
      pP: false,
      R: order.reduceOnly,
      tt: order.triggeredAt ?? 0,
      gtd: 0,
      rm: order.triggeredId === null ? (order.reason ?? '') : '',
    },
  })
}

/** One event carries the wallet and the positions of the record's symbol. */
function accountUpdate({ account, state, order, now }: News, reason: string): string {
  const margin = accountMargin(state, account)
  const changed = margin.symbols.filter(({ position }) => order === undefined || position.symbol === order.symbol)
  return JSON.stringify({
    e: 'ACCOUNT_UPDATE',
    E: now,
    T: now,
    a: {
      m: reason,
      B: [{ a: account.currency, wb: moneyText(margin.wallet), cw: moneyText(margin.wallet), bc: '0' }],
      P: changed.map(({ position, market, unrealizedPnl }) => ({
        s: market.instrument.venueSymbol,
        pa: quantityText(position.quantity),
        ep: priceText(entryPriceOf(position)),
        bep: priceText(entryPriceOf(position)),
        cr: moneyText(realizedOf(account, position.symbol)),
        up: moneyText(unrealizedPnl),
        mt: 'cross',
        iw: '0.00000000',
        ps: 'BOTH',
      })),
    },
  })
}

/** What the account has realised on a symbol so far; the last fill only when there are very many. */
function realizedOf(account: Account, symbol: string) {
  const last = account.fills.at(-1)
  return last?.order.symbol === symbol ? last.realizedPnl : 0n
}

function configUpdate({ now }: News, symbol: string, leverage: number): string {
  return JSON.stringify({ e: 'ACCOUNT_CONFIG_UPDATE', E: now, T: now, ac: { s: symbol.replace('/', ''), l: leverage } })
}

export function listenKeyExpired(listenKey: string, now: number): string {
  return JSON.stringify({ e: 'listenKeyExpired', E: now, listenKey })
}
