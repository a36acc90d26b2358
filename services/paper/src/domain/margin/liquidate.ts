/**
 * Closes an account whose margin balance fell below its maintenance margin: orders first, then every position.
 * Called by the tick. Must never leave a position open: a wallet below zero is then made up for by insurance, in match.ts.
 */
import { absolute } from '../amount.ts'
import { take } from '../engine/match.ts'
import { isResting } from '../order.ts'
import { accept } from '../engine/place-order.ts'
import type { Session } from '../engine/session.ts'
import { marketOf, type Account } from '../state.ts'

export function liquidate(session: Session, account: Account): void {
  for (const order of account.open.values()) {
    if (isResting(order)) session.end(order, 'expired', 'Liquidation')
  }
  for (const position of account.positions.values()) {
    const market = marketOf(session.state, account.venue, position.symbol)
    if (position.quantity === 0n || market === undefined) continue
    const desk = { session, account, market }
    const order = accept(desk, {
      request: {
        clientOrderId: `autoclose-${String(session.now)}${String(session.state.nextId).slice(-4)}`,
        side: position.quantity > 0n ? 'sell' : 'buy',
        type: 'market',
        timeInForce: 'ioc',
      },
      quantity: absolute(position.quantity),
      lock: 0n,
      forced: true,
    })
    take(desk, order)
  }
}
