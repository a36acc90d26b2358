/**
 * Balances and positions in OKX's words. Called by the account endpoints and the streams.
 * Must never add margin up by itself: domain/margin does.
 */
import { absolute, formatAmount, over, type Amount } from '#domain/amount'
import { accountMargin, liquidationPriceOf, type AccountMargin, type SymbolMargin } from '#domain/margin/margin'
import { entryPriceOf } from '#domain/margin/position'
import { isSpot } from '#domain/listing/instruments'
import { leverageOf, type Account, type VenueState } from '#domain/state'
import { instrumentType, sizeText } from './order.map.ts'

interface Coin {
  readonly ccy: string
  readonly total: Amount
  readonly free: Amount
  readonly locked: Amount
  readonly equity: Amount
  readonly unrealized: Amount
}

function coinsOf(account: Account, margin: AccountMargin | undefined): Coin[] {
  return [...account.balances].map(([ccy, { free, locked }]) => ({
    ccy,
    total: free + locked,
    free: margin === undefined ? free : margin.available,
    locked: margin === undefined ? locked : margin.initialMargin,
    equity: margin === undefined ? free + locked : margin.marginBalance,
    unrealized: margin === undefined ? 0n : margin.unrealizedPnl,
  }))
}

/** Values in dollars count the quote currency as one: there is no index here. */
function detailOf(coin: Coin, at: number) {
  const text = formatAmount
  return {
    accAvgPx: '',
    availBal: text(coin.free),
    availEq: text(coin.free),
    borrowFroz: '',
    cashBal: text(coin.total),
    ccy: coin.ccy,
    clSpotInUseAmt: '',
    collateralEnabled: false,
    crossLiab: '',
    disEq: text(coin.equity),
    eq: text(coin.equity),
    eqUsd: text(coin.equity),
    fixedBal: '0',
    frozenBal: text(coin.locked),
    imr: '0',
    interest: '',
    isoEq: '0',
    isoLiab: '',
    isoUpl: '0',
    liab: '',
    maxLoan: '',
    maxSpotInUseAmt: '',
    mgnRatio: '',
    mmr: '0',
    notionalLever: '0',
    openAvgPx: '',
    ordFrozen: text(coin.locked),
    rewardBal: '0',
    smtSyncEq: '0',
    spotBal: '',
    spotCopyTradingEq: '0',
    spotInUseAmt: '',
    spotIsoBal: '0',
    spotUpl: '',
    spotUplRatio: '',
    stgyEq: '0',
    totalPnl: '',
    totalPnlRatio: '',
    twap: '0',
    uTime: String(at),
    upl: text(coin.unrealized),
    uplLiab: '',
  }
}

export function balanceView(state: VenueState, account: Account, currencies?: readonly string[]) {
  const margin = isSpot(account.venue) ? undefined : accountMargin(state, account)
  const coins = coinsOf(account, margin).filter(({ ccy }) => currencies === undefined || currencies.includes(ccy))
  return {
    adjEq: '',
    borrowFroz: '',
    details: coins.map((coin) => detailOf(coin, account.updatedAt)),
    imr: margin === undefined ? '' : formatAmount(margin.initialMargin),
    isoEq: '0',
    mgnRatio: '',
    mmr: margin === undefined ? '' : formatAmount(margin.maintenanceMargin),
    notionalUsd: '',
    notionalUsdForBorrow: '',
    notionalUsdForFutures: '',
    notionalUsdForOption: '',
    notionalUsdForSwap: '',
    ordFroz: '',
    totalEq: formatAmount(margin?.marginBalance ?? coins.find(({ ccy }) => ccy === account.currency)?.total ?? 0n),
    uTime: String(account.updatedAt),
    upl: margin === undefined ? '' : formatAmount(margin.unrealizedPnl),
  }
}

function positionView(account: Account, margin: AccountMargin, symbol: SymbolMargin) {
  const { position, market } = symbol
  const { instrument } = market
  const size = sizeText(position.quantity, instrument)
  const entry = formatAmount(entryPriceOf(position))
  const mark = formatAmount(market.price)
  const profit = formatAmount(symbol.unrealizedPnl)
  const ratio = position.cost === 0n ? 0n : over(symbol.unrealizedPnl, position.cost)
  const at = String(position.updatedAt)
  return {
    instId: instrument.venueSymbol,
    instType: instrumentType(instrument),
    mgnMode: 'cross',
    posId: `${account.id.replaceAll('-', '').slice(0, 8)}${instrument.base}`,
    posSide: 'net',
    pos: size,
    baseBal: '',
    ccy: instrument.quote,
    fee: '0',
    lever: String(leverageOf(account, instrument.symbol)),
    last: mark,
    markPx: mark,
    liqPx: formatAmount(liquidationPriceOf(margin, symbol)),
    imr: formatAmount(symbol.positionInitialMargin),
    mmr: formatAmount(symbol.maintenanceMargin),
    interest: '',
    tradeId: '',
    notionalUsd: formatAmount(absolute(symbol.notional)),
    avgPx: entry,
    upl: profit,
    uplRatio: formatAmount(ratio),
    uTime: at,
    margin: '',
    mgnRatio: '',
    adl: '1',
    cTime: at,
    realizedPnl: '0',
    uplLastPx: profit,
    uplRatioLastPx: formatAmount(ratio),
    availPos: '',
    bePx: entry,
    fundingFee: '0',
    idxPx: mark,
    liqPenalty: '0',
    optVal: '',
    pendingCloseOrdLiabVal: '',
    pnl: '0',
    posCcy: '',
    quoteBal: '',
    quoteBorrowed: '',
    quoteInterest: '',
    spotInUseAmt: '',
    spotInUseCcy: '',
    usdPx: '1',
  }
}

export function positionViews(state: VenueState, account: Account) {
  if (isSpot(account.venue)) return []
  const margin = accountMargin(state, account)
  return margin.symbols
    .filter(({ position }) => position.quantity !== 0n)
    .map((symbol) => positionView(account, margin, symbol))
}
