/**
 * Public endpoints of CEX.IO: time, pairs, tickers. They are posts as well. Called by the ProtocolServer.
 * Must never list a pair that the engine does not trade.
 */
import { err, ok, type Result } from '@tradewire/kernel/result'
import { listedAs, marketsOf } from '#domain/state'
import { fieldsOf } from '../protocol/json-body.wire.ts'
import type { ProtocolEndpoint, PublicCall, Refused } from '../protocol/protocol.controller.ts'
import { bodyUnreadable, cexVenue, checkFailed, envelope, pairUnknown } from './cex.wire.ts'
import { pairView, tickerView } from './order.map.ts'

type Answer = Result<unknown, Refused>

function time({ now }: PublicCall): Answer {
  return ok(envelope({ timestamp: String(now), ISODate: new Date(now).toISOString() }))
}

function pairs({ venue }: PublicCall): Answer {
  return ok(envelope(marketsOf(venue.state, cexVenue).map(pairView)))
}

function tickers({ raw, venue, now }: PublicCall): Answer {
  const body = fieldsOf(raw.body)
  if (body === undefined) return err(bodyUnreadable)
  const wanted = body['pairs']
  if (wanted !== undefined && !Array.isArray(wanted)) return err(checkFailed('pairs'))
  const markets = marketsOf(venue.state, cexVenue)
  const chosen = wanted === undefined ? markets : wanted.map((pair) => listedAs(venue.state, cexVenue, String(pair)))
  const views: Record<string, object> = {}
  for (const market of chosen) {
    if (market === undefined) return err(pairUnknown)
    views[market.instrument.venueSymbol] = tickerView(market, now)
  }
  return ok(envelope(views))
}

const open = { method: 'POST', access: 'public' } as const
const base = '/api/spot/rest-public'

export const marketEndpoints: readonly ProtocolEndpoint[] = [
  { ...open, path: `${base}/get_server_time`, answer: time },
  { ...open, path: `${base}/get_pairs_info`, answer: pairs },
  { ...open, path: `${base}/get_ticker`, answer: tickers },
]
