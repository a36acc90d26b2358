import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { amount, formatAmount, type Amount } from '../amount.ts'
import { apply } from '../engine/apply.ts'
import { cancelOrder } from '../engine/place-order.ts'
import type { VenueRecord } from '../records.ts'
import { Session } from '../engine/session.ts'
import { balanceOf, emptyState, marketOf, type Account, type Market, type VenueState } from '../state.ts'
import { walkTick } from '../engine/walk-tick.ts'
import { contractMargin } from './contract-margin.ts'
import { changePending, changeTicket, closeDeal, openDeal, type DealRequest } from './deal.ts'
import { contractsOf } from './listed-contracts.ts'
import { noLevels, type AccountMode } from './deal-terms.ts'

class Venue {
  readonly state: VenueState = emptyState(contractsOf('paper'))
  readonly journal: VenueRecord[] = []
  readonly account: Account
  private at = Date.parse('2024-05-14T10:00:00Z')
  private ids = 0

  constructor(mode: AccountMode = 'hedging', balance = '10000') {
    this.account = this.open(mode, balance)
    this.tick('EUR/USD', '1.1', '1.1002')
  }

  run<Value>(work: (session: Session) => Value): Value {
    this.at += 1_000
    const session = new Session(this.state, this.at)
    const value = work(session)
    this.journal.push(...session.records)
    return value
  }

  market(symbol = 'EUR/USD'): Market {
    return marketOf(this.state, 'paper', symbol) as Market
  }

  open(mode: AccountMode, balance: string): Account {
    const accountId = `account-${String(this.state.accounts.size)}`
    const currency = 'USD'
    const balances = [{ asset: currency, total: amount(balance) }]
    const names = { accountId, label: '', currency, apiKey: accountId, secret: 'secret', venue: 'paper' as const }
    this.run((session) => session.emit({ kind: 'account-created', ...names, balances, mode, leverageMax: 100, at: 0 }))
    return this.state.accounts.get(accountId) as Account
  }

  tick(symbol: string, bid: string, ask: string, at = this.at): void {
    this.run((session) => walkTick(session, this.market(symbol), { at, bid: amount(bid), ask: amount(ask) }))
  }

  deal(part: Partial<DealRequest> = {}) {
    this.ids += 1
    const request = {
      clientOrderId: `deal-${String(this.ids)}`,
      side: 'buy',
      type: 'market',
      volume: amount('0.1'),
    } as const
    return this.run((session) =>
      openDeal({ session, account: this.account, market: this.market() }, { ...request, ...part }),
    )
  }

  close(ticketId: number, volume?: Amount) {
    const desk = { account: this.account, market: this.market() }
    return this.run((session) => closeDeal({ session, ...desk }, { ticketId, volume, clientOrderId: 'close' }))
  }

  tickets() {
    return [...this.account.tickets.values()]
  }

  balance(): string {
    return formatAmount(balanceOf(this.account, 'USD').free)
  }
}

describe('a deal', () => {
  it('opens a position with an id of its own each time, on both sides at once', () => {
    const venue = new Venue()
    venue.deal()
    venue.deal({ side: 'sell' })
    venue.deal()
    expect(venue.tickets().map(({ side, openPrice }) => [side, formatAmount(openPrice)])).toEqual([
      ['buy', '1.1002'],
      ['sell', '1.1'],
      ['buy', '1.1002'],
    ])
    expect(new Set(venue.tickets().map(({ id }) => id)).size).toBe(3)
    // Commission of 3.5 a lot; margin of the larger side alone.
    expect(venue.balance()).toBe('9998.95')
    const margin = contractMargin(venue.state, venue.account)
    expect(formatAmount(margin.margin)).toBe('733.4')
    expect(formatAmount(margin.profit)).toBe('-6')
  })

  it('closes a part of a position and books profit, swap and commission with it', () => {
    const venue = new Venue()
    venue.deal()
    const [ticket] = venue.tickets()
    venue.tick('EUR/USD', '1.1102', '1.1104', Date.parse('2024-05-15T10:00:00Z'))
    expect(venue.close(ticket!.id, amount('0.04')).ok).toBe(true)
    expect(formatAmount(ticket!.volume)).toBe('0.06')
    const [closed] = venue.account.closedTickets
    expect([closed!.profit, closed!.swap, closed!.commission].map(formatAmount)).toEqual(['40', '-0.26', '0.28'])
    expect(venue.balance()).toBe('10039.25')
    expect(venue.close(ticket!.id, amount('0.07'))).toEqual({ ok: false, error: 'VOLUME' })
    venue.close(ticket!.id)
    expect(venue.close(ticket!.id)).toEqual({ ok: false, error: 'ALREADY_CLOSED' })
    expect(venue.close(1)).toEqual({ ok: false, error: 'UNKNOWN_POSITION' })
  })

  it('nets where the account does: adds at the weighted price, closes, and turns around', () => {
    const venue = new Venue('netting')
    venue.deal()
    venue.tick('EUR/USD', '1.11', '1.1102')
    venue.deal({ volume: amount('0.3') })
    expect(venue.tickets().map(({ volume, openPrice }) => [volume, openPrice].map(formatAmount))).toEqual([
      ['0.4', '1.1077'],
    ])
    venue.deal({ side: 'sell', volume: amount('0.5') })
    expect(venue.tickets().map(({ side, volume }) => [side, formatAmount(volume)])).toEqual([['sell', '0.1']])
    expect(venue.account.orders.at(-1)).toMatchObject({ status: 'filled', quantity: amount('0.5') })
  })

  it('is stopped by market when its stop is reached, and takes its target at the price of the target', () => {
    const venue = new Venue()
    venue.deal({ stopLoss: amount('1.09'), takeProfit: amount('1.12') })
    venue.deal({ side: 'sell', stopLoss: amount('1.115'), takeProfit: amount('1.08') })
    venue.tick('EUR/USD', '1.125', '1.1252')
    expect(venue.tickets()).toEqual([])
    expect(venue.account.closedTickets.map(({ cause, closePrice }) => [cause, formatAmount(closePrice)])).toEqual([
      ['stop-loss', '1.1252'],
      ['take-profit', '1.12'],
    ])
  })

  it('goes by its newest levels only', () => {
    const venue = new Venue()
    venue.deal({ stopLoss: amount('1.09') })
    const [ticket] = venue.tickets()
    const change = (stopLoss: string) =>
      venue.run((session) =>
        changeTicket({ session, account: venue.account, market: venue.market() }, ticket!.id, {
          ...noLevels,
          stopLoss: amount(stopLoss),
        }),
      )
    expect(change('1.08').ok).toBe(true)
    expect(change('1.2')).toEqual({ ok: false, error: 'STOPS' })
    venue.tick('EUR/USD', '1.085', '1.0852')
    expect(venue.tickets()).toHaveLength(1)
    venue.tick('EUR/USD', '1.08', '1.0802')
    expect(venue.tickets()).toEqual([])
  })

  it('lets a trailing stop follow the price and never go back', () => {
    const venue = new Venue()
    venue.deal({ trailingDistance: amount('0.005') })
    venue.tick('EUR/USD', '1.12', '1.1202')
    venue.tick('EUR/USD', '1.118', '1.1182')
    expect(formatAmount(venue.tickets()[0]!.levels.stopLoss ?? 0n)).toBe('1.115')
    venue.tick('EUR/USD', '1.1149', '1.1151')
    expect(venue.tickets()).toEqual([])
  })

  it('waits as a pending order, which can be changed, cancelled and expire', () => {
    const venue = new Venue()
    const limit = venue.deal({ type: 'limit', price: amount('1.09'), stopLoss: amount('1.08') })
    const stop = venue.deal({
      type: 'stop-market',
      price: amount('1.12'),
      expiresAt: Date.parse('2024-05-14T10:00:10Z'),
    })
    const other = venue.deal({ side: 'sell', type: 'limit', price: amount('1.13') })
    if (!limit.ok || !stop.ok || !other.ok) throw new Error('refused')
    const change = { price: amount('1.095'), levels: noLevels, expiresAt: null }
    venue.run((session) =>
      changePending({ session, account: venue.account, market: venue.market() }, limit.value, change),
    )
    venue.run((session) => cancelOrder(session, venue.account, other.value))
    venue.tick('EUR/USD', '1.0948', '1.095')
    expect(venue.tickets().map(({ openPrice }) => formatAmount(openPrice))).toEqual(['1.095'])
    for (let count = 0; count < 10; count += 1) venue.tick('EUR/USD', '1.0948', '1.095')
    expect([limit, stop, other].map(({ value }) => value.status)).toEqual(['filled', 'expired', 'cancelled'])
    expect(venue.deal({ type: 'limit', price: amount('1.2') })).toEqual({ ok: false, error: 'PRICE' })
  })

  it('is refused when the margin is missing, and the account is closed out when it melts', () => {
    const venue = new Venue('hedging', '4000')
    expect(venue.deal({ volume: amount('1.2') })).toEqual({ ok: false, error: 'NO_MONEY' })
    venue.deal({ volume: amount('1') })
    venue.tick('EUR/USD', '1.078', '1.0782')
    expect(venue.tickets()).toEqual([])
    expect(venue.account.closedTickets[0]?.cause).toBe('stop-out')
    expect(venue.account.orders.at(-1)?.forced).toBe(true)
    venue.tick('EUR/USD', '1.1', '1.1002')
    venue.deal({ volume: amount('0.4') })
    venue.tick('EUR/USD', '0.9', '0.9002')
    expect(venue.balance()).toBe('0')
  })

  it('leaves the same books when its journal is read again, and loses no money', () => {
    const action = fc.oneof(
      fc.record({
        kind: fc.constant('open'),
        side: fc.constantFrom('buy', 'sell'),
        lots: fc.integer({ min: 1, max: 20 }),
      }),
      fc.record({ kind: fc.constant('close'), index: fc.nat(5), lots: fc.integer({ min: 1, max: 20 }) }),
      fc.record({ kind: fc.constant('tick'), pips: fc.integer({ min: -200, max: 200 }), hours: fc.nat(30) }),
    )
    fc.assert(
      fc.property(
        fc.constantFrom<AccountMode>('netting', 'hedging'),
        fc.array(action, { maxLength: 40 }),
        (mode, actions) => {
          const venue = new Venue(mode)
          let [price, at] = [11_000, Date.parse('2024-05-14T10:00:00Z')]
          for (const each of actions) {
            if (each.kind === 'tick') {
              price += each.pips
              at += each.hours * 3_600_000
              venue.tick(
                'EUR/USD',
                formatAmount(BigInt(price) * 10_000n),
                formatAmount(BigInt(price + 1) * 10_000n),
                at,
              )
            } else if (each.kind === 'open') {
              venue.deal({ side: each.side, volume: BigInt(each.lots) * 1_000_000n })
            } else {
              const ticket = venue.tickets()[each.index]
              if (ticket !== undefined) venue.close(ticket.id, BigInt(each.lots) * 1_000_000n)
            }
          }
          const again = emptyState(contractsOf('paper'))
          for (const record of venue.journal) apply(again, record)
          expect(booksOf(again)).toEqual(booksOf(venue.state))
          const open = venue.tickets().reduce((total, { commission }) => total + commission, 0n)
          const booked = venue.account.closedTickets.reduce(
            (total, one) => total + one.profit + one.swap - one.commission,
            0n,
          )
          const insured = venue.journal.reduce((total, each) => total + (each.kind === 'insured' ? each.paid : 0n), 0n)
          expect(balanceOf(venue.account, 'USD').free).toBe(amount('10000') + booked - open + insured)
        },
      ),
      { numRuns: 60 },
    )
  })
})

function booksOf(state: VenueState) {
  return [...state.accounts.values()].map((account) => ({
    balances: [...account.balances],
    tickets: [...account.tickets.values()].map(({ openedBy, ...ticket }) => ({ ...ticket, openedBy: openedBy.id })),
    closed: account.closedTickets.map(({ ticket, volume, profit, swap }) => [ticket.id, volume, profit, swap]),
    orders: account.orders,
  }))
}
