import type { LedgerOrder } from '@tradewire/contracts/paper/control'
import { describe, expect, it } from 'vitest'
import { type History, violationsOf } from './checker.ts'

const bracket = {
  bracketId: 'b1',
  signalId: 's1',
  accountId: 'a1',
  state: 'closed',
  failureCode: null,
  opened: true,
}
const attempt = { intentId: 'i1', accountId: 'a1', clientOrderId: 'c1', state: 'filled', submissions: 1 }
const order: LedgerOrder = {
  venue: 'binance-usdm',
  accountId: 'v1',
  orderId: '1',
  triggeredOrderId: null,
  clientOrderId: 'c1',
  symbol: 'BTC/USDT',
  side: 'sell',
  type: 'stop-market',
  status: 'waiting',
  quantity: '0.5',
  filledQuantity: '0',
  averagePrice: null,
  price: null,
  triggerPrice: '19000',
  reduceOnly: true,
  closePosition: false,
  fee: '0',
  feeCurrency: null,
  forced: false,
  reason: null,
  acceptedAt: '2024-01-01T00:00:00.000Z',
  updatedAt: '2024-01-01T00:00:00.000Z',
}
const position = {
  venue: 'binance-usdm' as const,
  accountId: 'v1',
  symbol: 'BTC/USDT',
  quantity: '0.5',
  entryPrice: '20000',
  markPrice: '20000',
  unrealizedPnl: '0',
  leverage: 5,
}
const sound: History = {
  takenSignalIds: ['s1', 's1'],
  dump: {
    signals: [{ signalId: 's1', strategyId: 't1' }],
    follows: [{ strategyId: 't1', accountId: 'a1' }],
    deniedSignals: [],
    brackets: [bracket],
    attempts: [attempt],
    deliveries: [
      { event: 'trade.opened', tradeId: 'b1', state: 'delivered' },
      { event: 'trade.closed', tradeId: 'b1', state: 'pending' },
    ],
  },
  venueOrders: [order],
  atRest: [{ orders: [order], positions: [position] }],
}

function found(change: Partial<History['dump']>, rest: Partial<History> = {}): string[] {
  const history = { ...sound, ...rest, dump: { ...sound.dump, ...change } }
  return violationsOf(history).map(({ invariant, text }) => `${invariant}: ${text}`)
}

function foundAtRest(orders: readonly LedgerOrder[], quantity = '0.5'): string[] {
  return found({}, { atRest: [{ orders: [...orders], positions: [{ ...position, quantity }] }] })
}

describe('the checker of fault runs', () => {
  it('finds nothing in a sound history, with an alert that was delivered twice', () => {
    expect(found({})).toEqual([])
  })

  it('finds a signal that was answered 2xx and is nowhere', () => {
    expect(found({}, { takenSignalIds: ['s1', 's2'] })).toEqual(['I1: signal s2 was answered 2xx and is not stored'])
  })

  it('finds a follower to whom a signal came to nothing', () => {
    const follows = [...sound.dump.follows, { strategyId: 't1', accountId: 'a2' }]
    expect(found({ follows })).toEqual(['I1: signal s1, account a2: 0 outcomes'])
  })

  it('finds two outcomes of one signal on one account', () => {
    const brackets = [bracket, { ...bracket, bracketId: 'b2', opened: false }]
    expect(found({ brackets })).toEqual(['I1: signal s1, account a1: 2 outcomes'])
    const deniedSignals = [{ signalId: 's1', code: 'STALE_SIGNAL' }]
    expect(found({ deniedSignals })).toEqual(['I1: signal s1, account a1: 2 outcomes'])
  })

  it('takes a signal that was denied to everybody for an outcome', () => {
    const deniedSignals = [{ signalId: 's1', code: 'STALE_SIGNAL' }]
    expect(found({ deniedSignals, brackets: [] })).toEqual([])
    const told = { ...bracket, state: 'denied', opened: false }
    expect(found({ deniedSignals, brackets: [told] })).toEqual([])
    expect(found({ deniedSignals, brackets: [told, { ...told, bracketId: 'b2' }] })).toEqual([
      'I1: signal s1, account a1: 2 outcomes',
    ])
  })

  it.each(['planned', 'entering', 'open', 'protected', 'closing'])('finds a bracket that stayed %s', (state) => {
    expect(found({ brackets: [{ ...bracket, state }] })).toEqual([`I1: signal s1, account a1: ended as ${state}`])
  })

  it.each(['queued', 'submitting', 'unknown', 'accepted'])('finds an attempt that stayed %s', (state) => {
    expect(found({ attempts: [{ ...attempt, state }] })).toEqual([`I1: intent i1 stayed ${state}`])
  })

  it('finds a second venue order of one intent', () => {
    expect(found({}, { venueOrders: [order, { ...order, orderId: '2' }] })).toEqual([
      'I2: the venue has 2 orders for v1 c1',
    ])
  })

  it('finds a venue order that nobody planned, and forgives those that the venue forced or the owner placed', () => {
    const strange = { ...order, clientOrderId: 'c9' }
    expect(found({}, { venueOrders: [order, strange] })).toEqual(['I2: the venue has c9, of which no attempt knows'])
    expect(found({}, { venueOrders: [order, { ...strange, forced: true }] })).toEqual([])
    expect(found({}, { venueOrders: [order, { ...strange, clientOrderId: 'web_7' }] })).toEqual([])
  })

  it('finds a trade whose end was told to nobody', () => {
    const deliveries = sound.dump.deliveries.slice(0, 1)
    expect(found({ deliveries })).toEqual(['I3: trade.closed b1 has no delivery'])
  })

  it('takes an exhausted delivery for a record', () => {
    const deliveries = sound.dump.deliveries.map((delivery) => ({ ...delivery, state: 'exhausted' }))
    expect(found({ deliveries })).toEqual([])
  })

  it.each([
    ['there is no stop', []],
    ['the stop is too small', [{ ...order, quantity: '0.499' }]],
    ['the stop was filled in part', [{ ...order, filledQuantity: '0.1' }]],
    ['the stop was cancelled', [{ ...order, status: 'cancelled' as const }]],
    ['the stop is of another account', [{ ...order, accountId: 'v2' }]],
    ['the stop would add to the position', [{ ...order, side: 'buy' as const }]],
    ['only a target stands', [{ ...order, type: 'take-profit-market' as const }]],
  ])('finds a position that is not protected because %s', (_why, orders) => {
    expect(foundAtRest(orders)).toEqual([expect.stringMatching(/^protection: account v1 holds 0.5 BTC\/USDT/)])
  })

  it('adds stops up, reads shorts the other way round, and lets one close the whole position', () => {
    expect(
      foundAtRest([
        { ...order, quantity: '0.2' },
        { ...order, quantity: '0.3' },
      ]),
    ).toEqual([])
    expect(foundAtRest([{ ...order, side: 'buy' }], '-0.5')).toEqual([])
    expect(foundAtRest([{ ...order, quantity: null, closePosition: true }])).toEqual([])
  })
})
