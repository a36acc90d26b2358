/**
 * One price tick of a contract market after its quote is set: swaps, trailing stops, what the quote reaches, stop-outs.
 * Called by the tick. Must never close a position but at a price that the market has reached.
 */
import type { Amount } from '../amount.ts'
import { accountOf } from '../engine/apply.ts'
import { takerPrice } from '../engine/levels.ts'
import type { Order } from '../order.ts'
import type { Session } from '../engine/session.ts'
import { marketOf, type Account, type Market } from '../state.ts'
import { contractMargin, contractOf, inAccountCurrency, ticketProfitOf } from './contract-margin.ts'
import { nightsBetween, swapOf } from './contract.ts'
import { closeTicket, fillOpening, marginAllows } from './deal.ts'
import type { Watch } from './ticket-book.ts'
import type { Ticket } from './ticket.ts'

/** Below this level, in percent, the venue closes what loses most until the level is above it again. */
export const stopOutLevel: Amount = 5_000_000_000n

/** `before`: market time of the tick before; 0 when there was none. */
export function walkContractTick(session: Session, market: Market, before: number): void {
  if (before > 0) chargeSwaps(session, market, nightsBetween(before, market.updatedAt))
  expirePending(session, market)
  followPrice(session, market)
  for (let watch = market.tickets.takeReached(market.bid, market.ask); watch !== undefined;) {
    reach(session, market, watch)
    watch = market.tickets.takeReached(market.bid, market.ask)
  }
  stopOuts(session, market)
}

function chargeSwaps(session: Session, market: Market, nights: bigint): void {
  if (nights === 0n) return
  const contract = contractOf(market)
  for (const ticket of market.tickets.open) {
    const account = accountOf(session.state, ticket.accountId)
    const swap = swapOf(contract, ticket.side, ticket.volume, nights)
    const { id: accountId } = account
    const inCurrency = inAccountCurrency(session.state, account, market, swap)
    session.emit({ kind: 'swapped', accountId, ticketId: ticket.id, swap: inCurrency, at: session.now })
  }
}

function expirePending(session: Session, market: Market): void {
  for (const order of market.tickets.pending) {
    const expiresAt = order.deal?.expiresAt ?? null
    if (expiresAt !== null && expiresAt <= session.now) session.end(order, 'expired', 'Expired')
  }
}

/** Trailing stops: the stop moves with the price, never against it. */
function followPrice(session: Session, market: Market): void {
  for (const ticket of market.tickets.open) {
    const { trailingDistance, stopLoss } = ticket.levels
    if (trailingDistance === null) continue
    const long = ticket.side === 'buy'
    const follow = long ? market.bid - trailingDistance : market.ask + trailingDistance
    if (follow <= 0n || (stopLoss !== null && (long ? follow <= stopLoss : follow >= stopLoss))) continue
    const levels = { ...ticket.levels, stopLoss: follow }
    const { accountId, id: ticketId } = ticket
    session.emit({ kind: 'ticket-changed', accountId, ticketId, levels, at: session.now })
  }
}

function reach(session: Session, market: Market, watch: Watch): void {
  if (watch.kind === 'pending') return reachPending(session, market, watch.order)
  const { ticket, kind } = watch
  const account = accountOf(session.state, ticket.accountId)
  closeTicket({ session, account, market }, ticket, {
    volume: ticket.volume,
    cause: kind,
    clientOrderId: `${kind}-${String(ticket.id)}`,
    price: kind === 'take-profit' ? watch.price : undefined,
  })
}

function reachPending(session: Session, market: Market, order: Order): void {
  const desk = { session, account: accountOf(session.state, order.accountId), market }
  const volume = order.quantity ?? 0n
  if (!marginAllows(desk, { side: order.side, volume })) return session.end(order, 'rejected', 'Not enough money')
  fillOpening(desk, order, order.type === 'limit' ? (order.price ?? 0n) : takerPrice(market, order.side))
}

function stopOuts(session: Session, market: Market): void {
  const holders = new Set([...market.tickets.open].map(({ accountId }) => accountId))
  for (const accountId of holders) stopOut(session, accountOf(session.state, accountId))
}

function stopOut(session: Session, account: Account): void {
  for (;;) {
    const { level, balance } = contractMargin(session.state, account)
    if (level === null) {
      if (balance < 0n) session.emit({ kind: 'insured', accountId: account.id, paid: -balance, at: session.now })
      return
    }
    if (level > stopOutLevel) return
    const worst = worstOf(session, account)
    const market = worst === undefined ? undefined : marketOf(session.state, account.venue, worst.symbol)
    if (worst === undefined || market === undefined) return
    const { volume, id } = worst
    const clientOrderId = `stop-out-${String(id)}`
    closeTicket({ session, account, market }, worst, { volume, cause: 'stop-out', clientOrderId })
  }
}

function worstOf(session: Session, account: Account): Ticket | undefined {
  let worst: Ticket | undefined
  let least: Amount = 0n
  for (const ticket of account.tickets.values()) {
    const profit = ticketProfitOf(session.state, account, ticket) + ticket.swap
    if (worst === undefined || profit < least) [worst, least] = [ticket, profit]
  }
  return worst
}
