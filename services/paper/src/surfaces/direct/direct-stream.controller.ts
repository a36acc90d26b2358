/**
 * The user stream of the direct protocol: a websocket with order, balance and position messages.
 * Called by the service's start. Must never skip a sequence number within one connection.
 */
import { fillFigures } from '#domain/ledger'
import { accountMargin } from '#domain/margin/margin'
import type { RunningVenue } from '#ports/running-venue.port'
import type { Translator, UserStreams } from '../streams/user-streams.wire.ts'
import type { Websockets } from '../streams/websockets.wire.ts'
import { signedBy } from './direct.controller.ts'
import { balanceViews, orderView, positionView } from './direct.map.ts'

const path = '/direct/v1/stream'
const unauthorized = 401

const translate: Translator = ({ record, account, order, state }) => {
  if (order === undefined) return []
  const messages: object[] = []
  const fill = record.kind === 'filled' ? account.fills.at(-1) : undefined
  const shows = record.kind === 'accepted' || record.kind === 'triggered' || record.kind === 'ended'
  if (shows || fill !== undefined) {
    messages.push({ type: 'order', order: orderView(order), fill: fill === undefined ? null : fillFigures(fill) })
  }
  if (fill !== undefined) {
    messages.push({ type: 'balance', balances: balanceViews(state, account) })
    const held = accountMargin(state, account).symbols.find(({ position }) => position.symbol === order.symbol)
    if (held !== undefined) messages.push({ type: 'position', position: positionView(account, held) })
  }
  return messages.map((message) => JSON.stringify(message))
}

export function serveDirectStream(sockets: Websockets, venue: RunningVenue, streams: UserStreams): void {
  sockets.add({
    matches: (candidate) => candidate === path,
    refuse: (_url, request) =>
      signedBy(venue, request.headers, request.url ?? '') === undefined ? unauthorized : undefined,
    open: (connection) => {
      const account = signedBy(venue, connection.request.headers, connection.request.url ?? '')
      if (account === undefined) return connection.drop()
      let sequence = 0
      // Numbers are given when a message leaves, not when it is made: a fault switch may hold one back.
      const send = (text: string) => {
        sequence += 1
        connection.send(`{"sequence":${String(sequence)},${text.slice(1)}`)
      }
      send(JSON.stringify({ type: 'hello', accountId: account.id }))
      connection.onClose(streams.subscribe(account, { translate, send, drop: connection.drop }))
    },
  })
}
