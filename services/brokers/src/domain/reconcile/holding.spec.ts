import type { VenueFill } from '@tradewire/broker-kit/broker-session'
import type { OrderPurpose } from '@tradewire/contracts/events/orders'
import { decimal } from '@tradewire/kernel/decimal'
import { describe, expect, it } from 'vitest'
import {
  type AttributedFill,
  count,
  emptyHolding,
  forgetCounted,
  type Holding,
  joinLosses,
  type Loss,
  settleRest,
} from './holding.ts'

let ids = 0

function fillOf(signed: string, purpose: OrderPurpose | null, part: Partial<VenueFill> = {}): AttributedFill {
  ids += 1
  const fill: VenueFill = {
    tradeId: String(ids),
    venueOrderId: `order-${ids}`,
    clientOrderId: null,
    symbol: 'BTC/USDT',
    side: signed.startsWith('-') ? 'sell' : 'buy',
    quantity: signed.replace('-', ''),
    price: '40000',
    fee: '0.5',
    feeCurrency: 'USDT',
    forced: null,
    at: new Date(ids * 1_000),
    ...part,
  }
  return { fill, purpose }
}

function holdingOf(own: string, external: string): Holding {
  return { ...emptyHolding('BTC/USDT', new Date(0)), own: decimal(own), external: decimal(external) }
}

function after(holding: Holding, ...fills: AttributedFill[]): string[] {
  const { holding: now, losses } = count(holding, fills, false)
  return [`${now.own}`, `${now.external}`, ...losses.map(({ quantity, reason }) => `${quantity} ${reason}`)]
}

describe('the holding of a symbol', () => {
  it('grows and shrinks with fills of our orders', () => {
    expect(after(holdingOf('0', '0'), fillOf('1', 'entry'), fillOf('-0.4', 'target'))).toEqual(['0.6', '0'])
    expect(after(holdingOf('0', '0'), fillOf('-1', 'entry'), fillOf('1', 'stop'))).toEqual(['0', '0'])
  })

  it('counts a fill once, however often it is read', () => {
    const [bought, sold] = [fillOf('1', 'entry'), fillOf('-0.4', 'target')]
    const once = count(holdingOf('0', '0'), [bought, sold, bought], false).holding
    expect(`${count(once, [sold, bought], false).holding.own}`).toBe('0.6')
  })

  it('leaves what others add to them', () => {
    expect(after(holdingOf('1', '0'), fillOf('2', null))).toEqual(['1', '2'])
  })

  it('loses to a close by hand what that closes', () => {
    expect(after(holdingOf('1', '0'), fillOf('-0.4', null))).toEqual(['0.6', '0', '0.4 manual'])
    expect(after(holdingOf('-1', '0'), fillOf('1', null))).toEqual(['0', '0', '1 manual'])
  })

  it('lets others close what they hold themselves first', () => {
    expect(after(holdingOf('1', '2'), fillOf('-2', null))).toEqual(['1', '0'])
    expect(after(holdingOf('1', '2'), fillOf('-2.5', null))).toEqual(['0.5', '0', '0.5 manual'])
  })

  it('does not follow others to the other side', () => {
    expect(after(holdingOf('1', '0'), fillOf('-3', null))).toEqual(['0', '-2', '1 manual'])
  })

  it('is not lost again where a position of others stands against it already', () => {
    expect(after(holdingOf('1', '-2'), fillOf('-1', null))).toEqual(['1', '-3'])
  })

  it('knows a liquidation by the order of the venue', () => {
    expect(after(holdingOf('1', '0'), fillOf('-1', null, { forced: 'liquidation' }))).toEqual([
      '0',
      '0',
      '1 liquidation',
    ])
  })

  it('lets an exit of ours take from others only what we no longer held', () => {
    expect(after(holdingOf('0.4', '1'), fillOf('-1', 'stop'))).toEqual(['0', '0.4'])
  })

  it('asks for a second look where others traded or an exit took from them, and for none otherwise', () => {
    const plain = (own: string, external: string, fill: AttributedFill) =>
      count(holdingOf(own, external), [fill], false).plain
    expect(plain('1', '1', fillOf('-1', 'stop'))).toBe(true)
    expect(plain('0.4', '1', fillOf('-1', 'stop'))).toBe(false)
    expect(plain('1', '1', fillOf('1', null))).toBe(false)
  })

  it('counts fills of one moment in the order of the venue, whose ids are numbers', () => {
    const at = new Date(1)
    const exit = fillOf('-0.4', 'target', { tradeId: '10', at })
    const entry = fillOf('1', 'entry', { tradeId: '9', at })
    expect(after(holdingOf('0', '0'), exit, entry)).toEqual(['0.6', '0'])
  })

  it('remembers what a read since then shows once more', () => {
    const fill = fillOf('1', 'entry')
    const { holding } = count(holdingOf('0', '0'), [fill], false)
    const kept = (since: Date) => forgetCounted(holding, new Date(0), since).counted.length
    expect([kept(fill.fill.at), kept(new Date(fill.fill.at.getTime() + 1))]).toEqual([1, 0])
  })

  it('takes fees paid in the coin off what is held by whose fill it was, for the balance shows less than the fills', () => {
    const paid = { fee: '0.001', feeCurrency: 'BTC' }
    const { holding } = count(holdingOf('0', '0'), [fillOf('1', 'entry', paid)], true)
    expect([`${holding.own}`, `${holding.external}`]).toEqual(['0.999', '0'])
    const theirs = count(holdingOf('0', '0'), [fillOf('1', null, paid)], true)
    expect([`${theirs.holding.own}`, `${theirs.holding.external}`]).toEqual(['0', '0.999'])
  })

  it('says unexplained where no fill tells', () => {
    const { holding, loss } = settleRest(holdingOf('1', '0'), decimal('-1'))
    expect([`${holding.own}`, `${holding.external}`, loss?.reason]).toEqual(['0', '0', 'unexplained'])
  })
})

describe('losses of one pass', () => {
  function lossOf(quantity: string, price: string | null, part: Partial<Loss> = {}): Loss {
    const fee = { fee: decimal('0.5'), feeCurrency: 'USDT', tradeId: null, clientOrderId: null, executedAt: null }
    const terms = { side: 'buy', reason: 'manual', quantity: decimal(quantity) } as const
    return { ...terms, ...fee, price: price === null ? null : decimal(price), ...part }
  }
  const joined = (...losses: Loss[]) =>
    joinLosses(losses).map(({ reason, quantity, price, fee }) => `${reason} ${quantity} at ${price} for ${fee}`)

  it('are told as one where side and reason are the same, at their average price', () => {
    expect(joined(lossOf('1', '40000'), lossOf('3', '44000'))).toEqual(['manual 4 at 43000 for 1'])
    const apart = [lossOf('1', '40000'), lossOf('1', '1', { side: 'sell' }), lossOf('1', '2', { reason: 'stop-out' })]
    expect(joined(...apart)).toHaveLength(3)
  })

  it('are of the time of the last of them, and of none where that has none', () => {
    const [first, last] = [new Date('2026-01-05T09:00:00Z'), new Date('2026-01-05T09:00:07Z')]
    const both = [lossOf('1', '40000', { executedAt: first }), lossOf('1', '40000', { executedAt: last })]
    expect(joinLosses(both).map(({ executedAt }) => executedAt)).toEqual([last])
    expect(joinLosses([...both, lossOf('1', null)]).map(({ executedAt }) => executedAt)).toEqual([null])
  })

  it('have no price together where one of them has none: none is made up', () => {
    expect(joined(lossOf('1', '40000'), lossOf('3', null))).toEqual(['manual 4 at null for 1'])
  })
})
