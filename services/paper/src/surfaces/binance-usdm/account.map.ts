/**
 * Balances, positions and margin of a futures account in Binance's words.
 * Called by the account endpoints and the user stream. Must never add margin up by itself: domain/margin does.
 */
import { absolute, formatFixed, type Amount } from '#domain/amount'
import { accountMargin, liquidationPriceOf, type AccountMargin, type SymbolMargin } from '#domain/margin/margin'
import { entryPriceOf } from '#domain/margin/position'
import { leverageOf, marketsOf, type Account, type Market, type VenueState } from '#domain/state'
import { leverageMaxOf } from '#domain/listing/instruments'
import { moneyText, quantityText } from './order.map.ts'

const entryDecimals = 8
const entryText = (value: Amount) => formatFixed(value, entryDecimals)

/** The cap of the largest tier that the leverage allows. */
export function notionalMaxOf(market: Market, leverage: number): string {
  const tier = market.instrument.tiers.findLast(({ leverageMax }) => leverage <= leverageMax)
  return formatFixed(tier?.notionalCap ?? 0n, 0)
}

function flat(market: Market, account: Account): SymbolMargin {
  const { symbol } = market.instrument
  return {
    position: { symbol, quantity: 0n, cost: 0n, openBuys: 0n, openSells: 0n, updatedAt: 0 },
    market,
    leverage: leverageOf(account, symbol),
    notional: 0n,
    unrealizedPnl: 0n,
    positionInitialMargin: 0n,
    openOrderInitialMargin: 0n,
    maintenanceMargin: 0n,
  }
}

function inUse({ position }: SymbolMargin): boolean {
  return position.quantity !== 0n || position.openBuys !== 0n || position.openSells !== 0n
}

function assetView(account: Account, margin: AccountMargin) {
  return {
    asset: account.currency,
    walletBalance: moneyText(margin.wallet),
    unrealizedProfit: moneyText(margin.unrealizedPnl),
    marginBalance: moneyText(margin.marginBalance),
    maintMargin: moneyText(margin.maintenanceMargin),
    initialMargin: moneyText(margin.initialMargin),
    positionInitialMargin: moneyText(margin.positionInitialMargin),
    openOrderInitialMargin: moneyText(margin.openOrderInitialMargin),
    crossWalletBalance: moneyText(margin.wallet),
    crossUnPnl: moneyText(margin.unrealizedPnl),
    availableBalance: moneyText(margin.available),
    maxWithdrawAmount: moneyText(margin.available),
    updateTime: account.updatedAt,
  }
}

function totals(margin: AccountMargin) {
  return {
    totalInitialMargin: moneyText(margin.initialMargin),
    totalMaintMargin: moneyText(margin.maintenanceMargin),
    totalWalletBalance: moneyText(margin.wallet),
    totalUnrealizedProfit: moneyText(margin.unrealizedPnl),
    totalMarginBalance: moneyText(margin.marginBalance),
    totalPositionInitialMargin: moneyText(margin.positionInitialMargin),
    totalOpenOrderInitialMargin: moneyText(margin.openOrderInitialMargin),
    totalCrossWalletBalance: moneyText(margin.wallet),
    totalCrossUnPnl: moneyText(margin.unrealizedPnl),
    availableBalance: moneyText(margin.available),
    maxWithdrawAmount: moneyText(margin.available),
  }
}

/** fapi/v3/account: only symbols with a position or an order. */
export function accountV3(state: VenueState, account: Account) {
  const margin = accountMargin(state, account)
  return {
    ...totals(margin),
    assets: [assetView(account, margin)],
    positions: margin.symbols.filter(inUse).map((symbol) => ({
      symbol: symbol.market.instrument.venueSymbol,
      positionSide: 'BOTH',
      positionAmt: quantityText(symbol.position.quantity),
      unrealizedProfit: moneyText(symbol.unrealizedPnl),
      isolatedMargin: '0.00000000',
      notional: moneyText(symbol.notional),
      isolatedWallet: '0',
      initialMargin: moneyText(symbol.positionInitialMargin + symbol.openOrderInitialMargin),
      maintMargin: moneyText(symbol.maintenanceMargin),
      updateTime: symbol.position.updatedAt,
    })),
  }
}

/** fapi/v2/account: every symbol, with leverage. */
export function accountV2(state: VenueState, account: Account) {
  const margin = accountMargin(state, account)
  return {
    feeTier: 0,
    canTrade: true,
    canDeposit: true,
    canWithdraw: true,
    updateTime: 0,
    multiAssetsMargin: false,
    tradeGroupId: -1,
    ...totals(margin),
    assets: [{ ...assetView(account, margin), marginAvailable: true }],
    positions: everySymbol(state, account, margin).map((symbol) => ({
      symbol: symbol.market.instrument.venueSymbol,
      initialMargin: moneyText(symbol.positionInitialMargin + symbol.openOrderInitialMargin),
      maintMargin: moneyText(symbol.maintenanceMargin),
      unrealizedProfit: moneyText(symbol.unrealizedPnl),
      positionInitialMargin: moneyText(symbol.positionInitialMargin),
      openOrderInitialMargin: moneyText(symbol.openOrderInitialMargin),
      leverage: String(symbol.leverage),
      isolated: false,
      entryPrice: entryText(entryPriceOf(symbol.position)),
      maxNotional: notionalMaxOf(symbol.market, symbol.leverage),
      bidNotional: moneyText(symbol.position.openBuys),
      askNotional: moneyText(symbol.position.openSells),
      positionSide: 'BOTH',
      positionAmt: quantityText(symbol.position.quantity),
      updateTime: symbol.position.updatedAt,
    })),
  }
}

export function balances(state: VenueState, account: Account) {
  const margin = accountMargin(state, account)
  return [
    {
      accountAlias: account.id.replaceAll('-', '').slice(0, 8),
      asset: account.currency,
      balance: moneyText(margin.wallet),
      crossWalletBalance: moneyText(margin.wallet),
      crossUnPnl: moneyText(margin.unrealizedPnl),
      availableBalance: moneyText(margin.available),
      maxWithdrawAmount: moneyText(margin.available),
      marginAvailable: true,
      updateTime: account.updatedAt,
    },
  ]
}

function everySymbol(state: VenueState, account: Account, margin: AccountMargin): SymbolMargin[] {
  return marketsOf(state, account.venue).map(
    (market) =>
      margin.symbols.find(({ position }) => position.symbol === market.instrument.symbol) ?? flat(market, account),
  )
}

function riskBase(margin: AccountMargin, symbol: SymbolMargin) {
  const entry = entryPriceOf(symbol.position)
  return {
    symbol: symbol.market.instrument.venueSymbol,
    positionSide: 'BOTH',
    positionAmt: quantityText(symbol.position.quantity),
    entryPrice: entryText(entry),
    breakEvenPrice: entryText(entry),
    markPrice: entryText(symbol.market.price),
    unRealizedProfit: moneyText(symbol.unrealizedPnl),
    liquidationPrice: entryText(liquidationPriceOf(margin, symbol)),
    isolatedMargin: '0.00000000',
    notional: moneyText(symbol.notional),
    isolatedWallet: '0',
    updateTime: symbol.position.updatedAt,
  }
}

/** fapi/v3/positionRisk: only symbols with a position or an order, without leverage. */
export function positionRiskV3(state: VenueState, account: Account, symbolName: string | undefined) {
  const margin = accountMargin(state, account)
  return margin.symbols
    .filter((symbol) => inUse(symbol) && matches(symbol, symbolName))
    .map((symbol) => ({
      ...riskBase(margin, symbol),
      marginAsset: account.currency,
      initialMargin: moneyText(symbol.positionInitialMargin + symbol.openOrderInitialMargin),
      maintMargin: moneyText(symbol.maintenanceMargin),
      positionInitialMargin: moneyText(symbol.positionInitialMargin),
      openOrderInitialMargin: moneyText(symbol.openOrderInitialMargin),
      adl: absolute(symbol.position.quantity) > 0n ? 1 : 0,
      bidNotional: moneyText(symbol.position.openBuys),
      askNotional: moneyText(symbol.position.openSells),
    }))
}

/** fapi/v2/positionRisk: every symbol, with leverage and margin type. */
export function positionRiskV2(state: VenueState, account: Account, symbolName: string | undefined) {
  const margin = accountMargin(state, account)
  return everySymbol(state, account, margin)
    .filter((symbol) => matches(symbol, symbolName))
    .map((symbol) => ({
      ...riskBase(margin, symbol),
      leverage: String(symbol.leverage),
      maxNotionalValue: notionalMaxOf(symbol.market, symbol.leverage),
      marginType: 'cross',
      isAutoAddMargin: 'false',
    }))
}

function matches(symbol: SymbolMargin, name: string | undefined): boolean {
  return name === undefined || symbol.market.instrument.venueSymbol === name
}

export function leverageBracketOf(market: Market) {
  return {
    symbol: market.instrument.venueSymbol,
    brackets: market.instrument.tiers.map((tier, index) => ({
      bracket: index + 1,
      initialLeverage: tier.leverageMax,
      notionalCap: Number(formatFixed(tier.notionalCap, 0)),
      notionalFloor: Number(formatFixed(tier.notionalFloor, 0)),
      maintMarginRatio: Number(formatFixed(tier.maintenanceRate, 4)),
      cum: Number(formatFixed(tier.maintenanceCredit, 2)),
    })),
  }
}

export function symbolConfigOf(market: Market, account: Account) {
  const leverage = leverageOf(account, market.instrument.symbol)
  return {
    symbol: market.instrument.venueSymbol,
    marginType: 'CROSSED',
    isAutoAddMargin: false,
    leverage,
    maxNotionalValue: notionalMaxOf(market, leverage),
  }
}

export function leverageAllowed(market: Market, leverage: number): boolean {
  return leverage >= 1 && leverage <= leverageMaxOf(market.instrument)
}
