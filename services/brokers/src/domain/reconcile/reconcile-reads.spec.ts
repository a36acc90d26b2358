import type { VenueFill, VenueOrder, VenuePosition } from '@tradewire/broker-kit/broker-session'
import { base36OfUuid } from '@tradewire/broker-kit/client-order-id'
import { orderSubmit } from '@tradewire/contracts/events/orders'
import { decimal } from '@tradewire/kernel/decimal'
import { describe, expect, it } from 'vitest'
import { clientIdRule } from '#testing/client-ids'
import { type Attempt, newAttempt } from '../attempt/attempt.ts'
import { emptyHolding, type Holding } from './holding.ts'
import {
  attemptOf,
  type Belief,
  fillsFrom,
  orderOfFills,
  reconcile,
  type Outcome,
  readsWanted,
  type View,
} from './reconcile.ts'

const lagMs = clientIdRule.readLagMs
const hourMs = 3_600_000
const startMs = Date.parse('2026-01-01T00:00:00.000Z')
const afterMs = (ms: number) => new Date(startMs + ms)
const command = orderSubmit.data.parse({ ...orderSubmit.example, venue: 'paper', quantity: '2' })
const intentId = '01963a5e-0000-8000-a000-000000000001'

const attempt: Attempt = {
  ...newAttempt({
    command: { ...command, intentId, purpose: 'entry' },
    clientOrderId: base36OfUuid(intentId),
    partition: 0,
    receivedAt: afterMs(0),
  }),
  state: 'accepted',
  revision: 1,
  submissions: 1,
  venueOrderId: 'v1',
  sentAt: afterMs(0),
  answeredAt: afterMs(0),
}

function belief(changes: Partial<Belief> = {}, attempts: readonly Attempt[] = [attempt]): Belief {
  return {
    clientIdRule,
    coins: false,
    attempts: new Map(attempts.map((one) => [one.command.intentId, one])),
    holdings: new Map(),
    touched: new Set(),
    firstReadAt: afterMs(0),
    sightings: new Map(),
    ...changes,
  }
}

function fillOf(changes: Partial<VenueFill> = {}): VenueFill {
  return {
    tradeId: '1',
    venueOrderId: 'v1',
    clientOrderId: attempt.clientOrderId,
    symbol: command.symbol,
    side: 'buy',
    quantity: '1',
    price: '100',
    fee: '0.1',
    feeCurrency: 'USDT',
    forced: null,
    at: afterMs(1_000),
    ...changes,
  }
}

function positionOf(symbol: string, quantity: string): VenuePosition {
  return { symbol, side: 'buy', quantity, entryPrice: null, unrealizedPnl: '0' }
}

function holdingOf(own: string, changes: Partial<Holding> = {}): Holding {
  return { ...emptyHolding(command.symbol, afterMs(0)), own: decimal(own), ...changes }
}

const holding = (own: string, changes: Partial<Holding> = {}) => new Map([[command.symbol, holdingOf(own, changes)]])

function view(changes: Partial<View> = {}): View {
  return { readAt: afterMs(hourMs), openOrders: [], positions: [], fills: new Map(), absent: new Set(), ...changes }
}

const look = (believed: Belief, seen: View): Outcome =>
  reconcile(believed, seen, { nowMs: seen.readAt.getTime(), lagMs })

/** The same look twice, a read lag apart. */
function lookTwice(believed: Belief, seen: View): Outcome {
  const { sightings } = look(believed, seen)
  const again = { ...seen, readAt: new Date(seen.readAt.getTime() + lagMs) }
  return look({ ...believed, sightings }, again)
}

describe('what is read besides the lists', () => {
  const wanted = (believed: Belief, positions: readonly VenuePosition[] = [], readAt = afterMs(hourMs)) =>
    readsWanted(believed, { openOrders: [], positions, readAt })

  it('are accepted orders that no list names, and no others', () => {
    const others = (['queued', 'submitting', 'unknown', 'filled', 'cancelled', 'rejected'] as const).map(
      (state, index) => {
        const of = `01963a5e-0000-8000-a000-00000000010${index}`
        return { ...attempt, command: { ...attempt.command, intentId: of }, clientOrderId: base36OfUuid(of), state }
      },
    )
    expect(wanted(belief({}, [attempt, ...others])).orders).toEqual([attempt])
  })

  it('are the fills of no symbol before the account was read first', () => {
    expect(wanted(belief({ firstReadAt: null }), [positionOf(command.symbol, '1')]).symbols).toEqual([])
  })

  it('are the fills of symbols that changed, by our news or by what is shown', () => {
    expect(wanted(belief({ touched: new Set([command.symbol]) })).symbols).toEqual([command.symbol])
    expect(wanted(belief({ holdings: holding('1') }), [positionOf(command.symbol, '1')]).symbols).toEqual([])
    expect(wanted(belief({ holdings: holding('1') })).symbols).toEqual([command.symbol])
    expect(wanted(belief({ holdings: holding('1') }), [positionOf('ETH/USDT', '1')]).symbols).toEqual([
      command.symbol,
      'ETH/USDT',
    ])
  })

  it('are the fills of a symbol where an exit of ours stands and nothing is held: it was opened and closed unseen', () => {
    const exit = { ...attempt, command: { ...attempt.command, purpose: 'stop' as const } }
    expect(wanted(belief({}, [exit])).symbols).toEqual([command.symbol])
    expect(wanted(belief({ holdings: holding('0') }, [exit])).symbols).toEqual([command.symbol])
    expect(wanted(belief({}, [{ ...exit, state: 'cancelled' }])).symbols).toEqual([])
    expect(wanted(belief({}, [attempt])).symbols).toEqual([])
    expect(wanted(belief({ holdings: holding('1') }, [exit]), [positionOf(command.symbol, '1')]).symbols).toEqual([])
  })

  it('are all fills of what is held every six hours, so that no trade of others is missed for ever', () => {
    const held = belief({ holdings: holding('1') })
    const shown = [positionOf(command.symbol, '1')]
    expect(wanted(held, shown, afterMs(6 * hourMs - 1)).symbols).toEqual([])
    expect(wanted(held, shown, afterMs(6 * hourMs)).symbols).toEqual([command.symbol])
  })

  it('are fills from before the last count by the read lag and a minute, but hardly from before the first read', () => {
    const counted = belief({ holdings: holding('1', { countedUntil: afterMs(hourMs) }) })
    expect(fillsFrom(counted, command.symbol, lagMs)).toEqual(afterMs(hourMs - lagMs - 60_000))
    expect(fillsFrom(belief({ holdings: holding('1') }), command.symbol, lagMs)).toEqual(afterMs(-5_000))
    expect(fillsFrom(belief(), 'ETH/USDT', lagMs)).toEqual(afterMs(-5_000))
  })
})

describe('an order or fill of the venue', () => {
  const told = (clientOrderId: string | null, venueOrderId: string | null) =>
    attemptOf(belief(), { clientOrderId, venueOrderId })

  it('is ours by the id that we gave it, or by the one that the venue told us', () => {
    expect(told(attempt.clientOrderId, null)).toBe(attempt)
    expect(told(attempt.clientOrderId, 'v9')).toBe(attempt)
    expect(told(null, 'v1')).toBe(attempt)
    expect(told('web_1', 'v1')).toBe(attempt)
  })

  it('is somebody else’s otherwise, also where both have no id', () => {
    expect(told('web_1', 'v9')).toBeUndefined()
    expect(told(null, null)).toBeUndefined()
    const unnamed = { ...attempt, venueOrderId: null }
    expect(attemptOf(belief({}, [unnamed]), { clientOrderId: null, venueOrderId: null })).toBeUndefined()
  })
})

describe('the order that fills add up to', () => {
  it('has their quantity, their average price, their fees and the time of the last', () => {
    const later = new Date(fillOf().at.getTime() + 1)
    const fills = [
      fillOf(),
      fillOf({ tradeId: '2', quantity: '0.5', price: '103', fee: '0.2', at: later }),
      fillOf({ tradeId: '3', clientOrderId: 'web_1', quantity: '7' }),
    ]
    expect(orderOfFills(attempt, fills)).toEqual({
      clientOrderId: attempt.clientOrderId,
      venueOrderId: 'v1',
      symbol: command.symbol,
      status: 'working',
      filledQuantity: '1.5',
      averagePrice: '101',
      fee: '0.3',
      feeCurrency: 'USDT',
      executedAt: later,
      message: null,
    } satisfies VenueOrder)
  })

  it('is filled once they make up what was ordered, and none without a fill of ours', () => {
    expect(orderOfFills(attempt, [fillOf(), fillOf({ tradeId: '2' })])?.status).toBe('filled')
    expect(orderOfFills(attempt, [fillOf({ clientOrderId: null })])).toBeNull()
  })
})

describe('what a pass finds', () => {
  it('is an accepted order that the venue does not show: said at once, believed a read lag later', () => {
    const seen = view({ absent: new Set([intentId]) })
    const first = look(belief(), seen)
    expect(first.standing).toEqual([{ kind: 'order-missing', subject: intentId, symbol: command.symbol, details: {} }])
    expect(first.vanished).toEqual([])
    expect(lookTwice(belief(), seen).vanished).toEqual([intentId])
    for (const state of ['unknown', 'filled'] as const) {
      expect(lookTwice(belief({}, [{ ...attempt, state }]), seen)).toMatchObject({ vanished: [], standing: [] })
    }
    expect(lookTwice(belief({}, []), seen)).toMatchObject({ vanished: [], standing: [] })
  })

  it('is an order of others, or one of ours that ended, with all that is known of it', () => {
    const open = { ...orderOfFills(attempt, [fillOf()])!, status: 'working' as const }
    const ended = belief({}, [{ ...attempt, state: 'cancelled' }])
    const both = lookTwice(ended, view({ openOrders: [open, { ...open, clientOrderId: 'web_1', venueOrderId: 'v2' }] }))
    const details = { clientOrderId: attempt.clientOrderId, venueOrderId: 'v1', filledQuantity: '1' }
    expect(both.standing).toEqual([
      { kind: 'order-stands', subject: intentId, symbol: command.symbol, details: { ...details, state: 'cancelled' } },
      {
        kind: 'external-order',
        subject: 'v2',
        symbol: command.symbol,
        details: { ...details, clientOrderId: 'web_1', venueOrderId: 'v2' },
      },
    ])
  })

  it('is what stood there before anything of ours, as somebody else’s', () => {
    const first = look(belief({ firstReadAt: null }, []), view({ positions: [positionOf(command.symbol, '3')] }))
    expect(first.holdings.map(({ own, external }) => `${own} ${external}`)).toEqual(['0 3'])
    expect(first.holdings[0]!.countedUntil).toEqual(afterMs(hourMs))
    expect(first.standing).toEqual([
      { kind: 'external-position', subject: command.symbol, symbol: command.symbol, details: { quantity: '3' } },
    ])
    const nothing = look(belief({ firstReadAt: null }, []), view({ positions: [positionOf(command.symbol, '0')] }))
    expect(nothing.holdings).toEqual([])
  })

  it('is a position that is gone without any trade: told with what it was, when a second look says the same', () => {
    const held = belief({ holdings: holding('2') })
    const seen = view({ fills: new Map([[command.symbol, []]]) })
    expect(look(held, seen)).toMatchObject({ losses: [], doubted: new Set([command.symbol]) })
    const told = lookTwice(held, seen)
    expect(told.doubted.size).toBe(0)
    expect(told.losses.map(({ symbol, loss, held: left }) => `${symbol} ${loss.quantity} ${left}`)).toEqual([
      `${command.symbol} 2 0`,
    ])
    expect(told.passed).toEqual([
      { kind: 'unexplained-change', subject: command.symbol, symbol: command.symbol, details: { quantity: '-2' } },
      {
        kind: 'position-lost',
        subject: command.symbol,
        symbol: command.symbol,
        details: { quantity: '2', reason: told.losses[0]!.loss.reason, price: null },
      },
    ])
  })

  it('does not mix up symbols: what another one shows changes nothing', () => {
    const held = belief({ holdings: holding('2') })
    const seen = view({
      positions: [positionOf(command.symbol, '2'), positionOf('ETH/USDT', '5')],
      fills: new Map([[command.symbol, []]]),
    })
    expect(lookTwice(held, seen)).toMatchObject({ losses: [], passed: [] })
  })

  it('compares coins by their markets in USDT alone', () => {
    const shown = [positionOf('BTC/EUR', '2'), positionOf(command.symbol, '1')]
    const named = (coins: boolean) =>
      look(belief({ firstReadAt: null, coins }, []), view({ positions: shown })).holdings.map(({ symbol }) => symbol)
    expect(named(true)).toEqual([command.symbol])
    expect(named(false)).toEqual(['BTC/EUR', command.symbol])
  })
})

describe('fills ahead of our news', () => {
  const missed = (changes: Partial<Attempt>, fill: Partial<VenueFill> = {}) => {
    const seen = view({
      positions: [positionOf(command.symbol, '1')],
      fills: new Map([[command.symbol, [fillOf(fill)]]]),
    })
    const { behind, passed } = look(belief({}, [{ ...attempt, ...changes }]), seen)
    return { behind, passed }
  }

  it('have the order read singly, and are a finding once the news had the read lag to come', () => {
    expect(missed({})).toEqual({
      behind: [intentId],
      passed: [
        {
          kind: 'fill-missed',
          subject: intentId,
          symbol: command.symbol,
          details: { told: '0', filled: '1', state: 'accepted' },
        },
      ],
    })
    expect(missed({}, { at: afterMs(hourMs - lagMs) })).toEqual({ behind: [intentId], passed: [] })
    expect(missed({}, { at: afterMs(hourMs - lagMs - 1) }).passed).toHaveLength(1)
  })

  it('are none where as much was told, and nothing is read of an order that is told as filled', () => {
    expect(missed({ filledQuantity: '1' })).toEqual({ behind: [intentId], passed: [] })
    expect(missed({ filledQuantity: '2', state: 'filled' })).toEqual({ behind: [], passed: [] })
  })
})
