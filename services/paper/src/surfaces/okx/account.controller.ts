/**
 * Account, position and setting endpoints of OKX. Net mode and cross margin only.
 * Called by the ProtocolServer. Must never pretend a setting that the engine does not have.
 */
import { err, ok } from '@tradewire/kernel/result'
import { isSpot, leverageMaxOf } from '#domain/listing/instruments'
import { leverageOf, listedAs } from '#domain/state'
import type { ProtocolEndpoint, SignedCall } from '../protocol/protocol.controller.ts'
import { balanceView, positionViews } from './account.map.ts'
import { bodyUnreadable, emptyParameter, envelope, fieldsOf, noSuchInstrument, okxError, textOf } from './okx.wire.ts'
import { type Answer, queryOf } from './orders.controller.ts'

const listed = (call: SignedCall, name: string | undefined) =>
  listedAs(call.venue.state, call.account.venue, name ?? '')

function balance(call: SignedCall): Answer {
  const currencies = queryOf(call)('ccy')?.split(',')
  return ok(envelope([balanceView(call.venue.state, call.account, currencies)]))
}

function positions(call: SignedCall): Answer {
  const read = queryOf(call)
  const [type, id] = [read('instType'), read('instId')]
  const views = positionViews(call.venue.state, call.account).filter(
    ({ instType, instId }) =>
      (type === undefined || type === instType) && (id === undefined || id.split(',').includes(instId)),
  )
  return ok(envelope(views))
}

function setLeverage(call: SignedCall): Answer {
  const fields = fieldsOf(call.raw.body)?.items[0]
  if (fields === undefined) return err(bodyUnreadable)
  const market = listed(call, textOf(fields, 'instId'))
  if (market === undefined || isSpot(call.account.venue)) return err(noSuchInstrument)
  if (textOf(fields, 'mgnMode') !== 'cross') return err(okxError('51000', 'Parameter mgnMode error'))
  const text = textOf(fields, 'lever') ?? ''
  if (!/^\d{1,3}$/.test(text)) return err(okxError('51000', 'Parameter lever error'))
  const leverage = Number(text)
  if (leverage < 1) return err(okxError('59105', 'Leverage can not be less than 1. Please adjust the leverage'))
  if (leverage > leverageMaxOf(market.instrument)) {
    return err(okxError('59102', 'Leverage exceeds the maximum leverage. Please adjust the leverage'))
  }
  const { symbol, venueSymbol } = market.instrument
  call.venue.execute((session) => session.emit({ kind: 'leverage', accountId: call.account.id, symbol, leverage }))
  return ok(envelope([{ lever: text, mgnMode: 'cross', instId: venueSymbol, posSide: '' }]))
}

function leverageInfo(call: SignedCall): Answer {
  const name = queryOf(call)('instId')
  if (name === undefined) return err(emptyParameter('instId'))
  const market = listed(call, name)
  if (market === undefined) return err(noSuchInstrument)
  const lever = String(leverageOf(call.account, market.instrument.symbol))
  return ok(envelope([{ ccy: '', instId: name, mgnMode: 'cross', posSide: 'net', lever }]))
}

function setPositionMode(call: SignedCall): Answer {
  const fields = fieldsOf(call.raw.body)?.items[0]
  if (fields === undefined) return err(bodyUnreadable)
  if (textOf(fields, 'posMode') === 'net_mode') return ok(envelope([{ posMode: 'net_mode' }]))
  return err(okxError('59000', 'Setting failed. Cancel any open orders, close positions, and stop trading bots first.'))
}

/** Of those that are kept for examples. */
const boundAddress = '203.0.113.7'

/** One unified account; spot accounts of this venue cannot trade on margin. */
function config(call: SignedCall): Answer {
  const { id, label, venue, keyRules } = call.account
  const view = {
    uid: id,
    mainUid: id,
    acctLv: isSpot(venue) ? '1' : '2',
    posMode: 'net_mode',
    autoLoan: false,
    greeksType: 'PA',
    level: 'Lv1',
    levelTmp: '',
    ctIsoMode: 'automatic',
    mgnIsoMode: 'automatic',
    label,
    perm: keyRules.mayWithdraw ? 'read_only,trade,withdraw' : 'read_only,trade',
    ip: keyRules.ipBound ? boundAddress : '',
    type: '0',
  }
  return ok(envelope([view]))
}

const read = { method: 'GET', access: 'signed', callsMax: 10 } as const
const write = { method: 'POST', access: 'signed', callsMax: 20 } as const

export const accountEndpoints: readonly ProtocolEndpoint[] = [
  { ...read, path: '/api/v5/account/balance', answer: balance },
  { ...read, path: '/api/v5/account/positions', answer: positions },
  { ...read, path: '/api/v5/account/config', answer: config },
  { ...read, path: '/api/v5/account/leverage-info', answer: leverageInfo },
  { ...write, path: '/api/v5/account/set-leverage', answer: setLeverage },
  { ...write, path: '/api/v5/account/set-position-mode', answer: setPositionMode },
]
