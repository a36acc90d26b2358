/**
 * Account, position and setting endpoints of Binance USD-M futures. One-way mode and cross margin only.
 * Called by the BinanceServer. Must never pretend a setting that the engine does not have.
 */
import { err, ok, type Result } from '@tradewire/kernel/result'
import { formatFixed } from '#domain/amount'
import { marketsOf } from '#domain/state'
import type { AccountCall, Endpoint } from '../binance/binance.controller.ts'
import { marketOfCall, marketsOfCall } from '../binance/market-data.map.ts'
import { venueError, type VenueError } from '../binance/venue-error.wire.ts'
import {
  accountV2,
  accountV3,
  balances,
  leverageAllowed,
  leverageBracketOf,
  notionalMaxOf,
  positionRiskV2,
  positionRiskV3,
  symbolConfigOf,
} from './account.map.ts'

const venue = 'binance-usdm'
type Answer = Result<unknown, VenueError>

function setLeverage(call: AccountCall): Answer {
  const market = marketOfCall(call, venue)
  if (!market.ok) return market
  const leverage = call.parameters.integer('leverage')
  if (leverage === undefined || !leverageAllowed(market.value, leverage)) {
    return err(venueError(-4028, `Leverage ${String(leverage ?? '')} is not valid`))
  }
  const { symbol, venueSymbol } = market.value.instrument
  call.venue.execute((session) => session.emit({ kind: 'leverage', accountId: call.account.id, symbol, leverage }))
  return ok({ leverage, maxNotionalValue: notionalMaxOf(market.value, leverage), symbol: venueSymbol })
}

function setMarginType(call: AccountCall): Answer {
  const market = marketOfCall(call, venue)
  if (!market.ok) return market
  const type = call.parameters.needText('marginType')
  if (type === 'CROSSED') return err(venueError(-4046, 'No need to change margin type.'))
  if (type !== 'ISOLATED')
    return err(call.parameters.error ?? venueError(-1128, 'Combination of optional parameters invalid.'))
  return err(venueError(-4168, 'Unable to adjust to isolated-margin mode under the Multi-Assets mode.'))
}

function setPositionMode(call: AccountCall): Answer {
  const dual = call.parameters.needText('dualSidePosition').toLowerCase()
  if (call.parameters.error !== undefined) return err(call.parameters.error)
  return dual === 'false'
    ? err(venueError(-4059, 'No need to change position side.'))
    : err(venueError(-4068, 'Position side cannot be changed if there exists position.'))
}

function leverageBrackets(call: AccountCall): Answer {
  const chosen = marketsOfCall(call.venue.state, venue, call.parameters)
  return chosen.ok ? ok(chosen.value.markets.map(leverageBracketOf)) : chosen
}

function symbolConfigs(call: AccountCall): Answer {
  const chosen = marketsOfCall(call.venue.state, venue, call.parameters)
  return chosen.ok ? ok(chosen.value.markets.map((market) => symbolConfigOf(market, call.account))) : chosen
}

function commissionRate(call: AccountCall): Answer {
  const market = marketOfCall(call, venue)
  if (!market.ok) return market
  const { makerFeeRate, takerFeeRate } = market.value.settings
  return ok({
    symbol: market.value.instrument.venueSymbol,
    makerCommissionRate: formatFixed(makerFeeRate, 6),
    takerCommissionRate: formatFixed(takerFeeRate, 6),
  })
}

function positions(call: AccountCall, view: typeof positionRiskV2 | typeof positionRiskV3): Answer {
  const symbol = call.parameters.text('symbol')
  const known =
    symbol === undefined ||
    marketsOf(call.venue.state, venue).some(({ instrument }) => instrument.venueSymbol === symbol)
  return known ? ok(view(call.venue.state, call.account, symbol)) : err(venueError(-1121, 'Invalid symbol.'))
}

export const accountEndpoints: readonly Endpoint[] = [
  {
    method: 'GET',
    path: '/fapi/v2/account',
    weight: 5,
    access: 'signed',
    answer: (call) => ok(accountV2(call.venue.state, call.account)),
  },
  {
    method: 'GET',
    path: '/fapi/v3/account',
    weight: 5,
    access: 'signed',
    answer: (call) => ok(accountV3(call.venue.state, call.account)),
  },
  {
    method: 'GET',
    path: '/fapi/v2/balance',
    weight: 5,
    access: 'signed',
    answer: (call) => ok(balances(call.venue.state, call.account)),
  },
  {
    method: 'GET',
    path: '/fapi/v3/balance',
    weight: 5,
    access: 'signed',
    answer: (call) => ok(balances(call.venue.state, call.account)),
  },
  {
    method: 'GET',
    path: '/fapi/v2/positionRisk',
    weight: 5,
    access: 'signed',
    answer: (call) => positions(call, positionRiskV2),
  },
  {
    method: 'GET',
    path: '/fapi/v3/positionRisk',
    weight: 5,
    access: 'signed',
    answer: (call) => positions(call, positionRiskV3),
  },
  { method: 'POST', path: '/fapi/v1/leverage', weight: 1, access: 'signed', answer: setLeverage },
  { method: 'POST', path: '/fapi/v1/marginType', weight: 1, access: 'signed', answer: setMarginType },
  { method: 'POST', path: '/fapi/v1/positionSide/dual', weight: 1, access: 'signed', answer: setPositionMode },
  {
    method: 'GET',
    path: '/fapi/v1/positionSide/dual',
    weight: 30,
    access: 'signed',
    answer: () => ok({ dualSidePosition: false }),
  },
  {
    method: 'GET',
    path: '/fapi/v1/multiAssetsMargin',
    weight: 30,
    access: 'signed',
    answer: () => ok({ multiAssetsMargin: false }),
  },
  { method: 'GET', path: '/fapi/v1/leverageBracket', weight: 1, access: 'signed', answer: leverageBrackets },
  { method: 'GET', path: '/fapi/v1/symbolConfig', weight: 5, access: 'signed', answer: symbolConfigs },
  { method: 'GET', path: '/fapi/v1/commissionRate', weight: 20, access: 'signed', answer: commissionRate },
]
