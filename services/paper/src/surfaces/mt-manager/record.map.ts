/**
 * Users, money and markets as the protocol shows them. Called by its operations.
 * Must never show a password, nor a number through a binary fraction.
 */
import { absolute, over, UNIT } from '#domain/amount'
import { contractMargin, contractOf } from '#domain/cfd/contract-margin'
import { tickValueOf } from '#domain/cfd/contract'
import { stopOutLevel } from '#domain/cfd/walk-contract-tick'
import { groupOf, type ManagedUser } from '#domain/accounts/managed-user'
import type { Market } from '#domain/state'
import { accountOf, exact, timeText, type ManagerCall } from './call.wire.ts'

const epoch = timeText(0)
const marginCallLevel = 10_000_000_000n
const lotUnits = 100n
const lotUnitsMax = 10_000
const secondMs = 1_000
const wednesday = 3

export function userRecord(call: ManagerCall, user: ManagedUser) {
  const { group, name, ...more } = user.profile
  const account = accountOf(call, user)
  const { balance, equity } = contractMargin(call.venue.state, account)
  return {
    login: user.login,
    group,
    name,
    registrationDate: timeText(user.registeredAt),
    lastDate: timeText(account.updatedAt),
    ...more,
    lastIP: 0,
    balance: exact(balance),
    credit: exact(account.credit),
    prevMonthBalance: exact(balance),
    prevBalance: exact(balance),
    prevMonthEquity: exact(equity),
    prevEquity: exact(equity),
  }
}

/** Lots in hundredths, as the trade server counts them. */
export function unitsOf(lots: bigint): number {
  return Number((lots * lotUnits) / UNIT)
}

export function marginRecord(call: ManagerCall, user: ManagedUser) {
  const account = accountOf(call, user)
  const { balance, equity, margin, free, level } = contractMargin(call.venue.state, account)
  const lots = [...account.tickets.values()].reduce((total, { volume }) => total + volume, 0n)
  const state = level === null || level > marginCallLevel ? 'Ok' : level > stopOutLevel ? 'MarginCall' : 'StopOut'
  return {
    login: user.login,
    group: user.profile.group,
    leverage: account.leverageMax,
    updated: Math.floor(call.now / secondMs),
    balance: exact(balance),
    equity: exact(equity),
    volume: unitsOf(lots),
    margin: exact(margin),
    free: exact(free),
    level: exact(level ?? 0n),
    controllingType: 'Percent',
    levelType: state,
  }
}

export function groupRecord(group: string) {
  const currency = currencyOf(group)
  const texts = { company: 'Tradewire Demo', signature: '', supportPage: '', supportEmail: '' }
  return {
    group,
    enable: 1,
    timeout: 60,
    otpMode: 'Disabled',
    ...texts,
    copies: 0,
    reports: 0,
    defaultLeverage: 100,
    defaultDeposit: 0,
    maxSecurities: 4_096,
    secMarginsTotal: 0,
    currency,
    credit: 0,
    marginCall: 100,
    marginMode: 'UseAll',
    marginStopout: 50,
    interestRate: 0,
    useSwap: 1,
    newsMode: 'No',
    groupRights: 'Expiration',
    checkIEPrices: 0,
    maxPositions: 0,
    closeReopen: 0,
    hedgeProhibited: 0,
    closeFIFO: 0,
    hedgeLargeLeg: 1,
    marginControllingType: 'Percent',
    archivePeriod: 90,
    archiveMaxBalance: 0,
    stopoutSkipHedged: 0,
    archivePendingPeriod: 90,
  }
}

/** What one of the group's kinds of symbols is traded like; those without a kind are left empty. */
export function groupSecurity(index: number) {
  const traded = index < symbolGroups.length ? 1 : 0
  return {
    show: traded,
    trade: traded,
    dealingMode: 'Auto',
    standardCommission: 0,
    commissionType: 'Money',
    commissionLotsMode: 'PerLot',
    agentCommission: 0,
    agentCommissionMode: 'Money',
    spreadDiff: 0,
    lotMin: traded,
    lotMax: traded * lotUnitsMax,
    lotStep: traded,
    ieDeviation: 0,
    confirmation: 0,
    tradeRights: 'None',
    ieQuickMode: 0,
    autoCloseOutMode: 'None',
    commissionTaxes: 0,
    commissionAgentLots: 'PerLot',
    freeMarginMode: 0,
  }
}

/** Groups are called by their currency. */
export function currencyOf(group: string): string {
  return group.slice(group.lastIndexOf('-') + 1).toUpperCase()
}

const currencies = ['USD', 'EUR']

export function groupsOf(call: ManagerCall, users: readonly ManagedUser[]): string[] {
  const more = users.map((user) => groupOf(accountOf(call, user).currency))
  return [...new Set([...currencies.map(groupOf), ...more])].toSorted()
}

export function symbolInfo({ instrument, bid, ask, candles, updatedAt }: Market, now: number) {
  const [day] = candles.list({ intervalMs: dayMs, limit: 1, to: undefined })
  return {
    symbol: instrument.venueSymbol,
    digits: instrument.priceDecimals,
    type: 0,
    point: exact(instrument.priceStep),
    spread: Number((ask - bid) / instrument.priceStep),
    direction: 'None',
    bid: exact(bid),
    ask: exact(ask),
    high: exact(day?.high ?? bid),
    low: exact(day?.low ?? bid),
    lastTime: timeText(updatedAt === 0 ? now : updatedAt),
  }
}

const dayMs = 86_400_000

export function tickInfo({ instrument, bid, ask, updatedAt }: Market, now: number) {
  const time = timeText(updatedAt === 0 ? now : updatedAt)
  return { symbol: instrument.venueSymbol, time, bid: exact(bid), ask: exact(ask) }
}

export const symbolGroups = ['forex', 'index', 'commodity', 'crypto'] as const

export function symbolConfig(market: Market) {
  const { instrument } = market
  const contract = contractOf(market)
  const forex = contract.group === 'forex'
  const tickValue = exact(tickValueOf(contract, instrument.priceStep))
  return {
    symbol: instrument.venueSymbol,
    description: contract.description,
    source: '',
    currency: forex ? instrument.base : instrument.quote,
    type: symbolGroups.indexOf(contract.group),
    digits: instrument.priceDecimals,
    tradeMode: 'Full',
    backgroundColor: 0,
    count: 0,
    countOriginal: 0,
    realtime: 1,
    starting: epoch,
    expiration: epoch,
    profitCalculationMode: forex ? 'Forex' : 'CFD',
    filter: 0,
    filterCounter: 0,
    filterLimit: 0,
    filterSmoothing: 0,
    logging: 0,
    spread: 0,
    spreadBalance: 0,
    symbolExecMode: 'Instant',
    swapEnable: 1,
    swapType: 'Points',
    swapLong: exact(pointsOf(contract.swapLongPips, contract.pip, instrument.priceStep)),
    swapShort: exact(pointsOf(contract.swapShortPips, contract.pip, instrument.priceStep)),
    swapRollover3Days: wednesday,
    contractSize: exact(contract.size),
    tickValue,
    tickSize: exact(instrument.priceStep),
    stopsLevel: Number(absolute(contract.stopsDistance) / instrument.priceStep),
    gtcMode: 'GTC',
    marginCalculationMode: forex ? 'Forex' : 'CFDLeverage',
    marginInitial: 0,
    marginMaintenance: 0,
    marginHedged: 0,
    marginDivider: contract.leverageMax,
    percentage: 100,
    point: exact(instrument.priceStep),
    multiply: exact(over(UNIT, instrument.priceStep)),
    bidTickValue: tickValue,
    askTickValue: tickValue,
    longOnly: 0,
    instantMaxVolume: 0,
    marginCurrency: forex ? instrument.base : instrument.quote,
    freezeLevel: 0,
    marginHedgedStrong: 0,
    valueDate: epoch,
    quotesDelay: 0,
    swapOpenPrice: 0,
    swapVariationMargin: 0,
  }
}

function pointsOf(pips: bigint, pip: bigint, step: bigint): bigint {
  return (pips * pip) / step
}
