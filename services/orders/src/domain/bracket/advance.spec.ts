import { describe, expect, it } from 'vitest'
import type { BracketNews } from './bracket.ts'
import { exitPolicyDefault } from './decision.ts'
import { at, d, planOf } from '../../testing/bracket-fixtures.ts'
import { Story } from '../../testing/bracket-story.ts'
import type { LossReason } from './loss.ts'

function lossOf(quantity: string, reason: LossReason): BracketNews {
  const [price, fee] = [d('41000'), d('1')]
  return { kind: 'loss', loss: { quantity: d(quantity), reason, price, fee, feeCurrency: 'USDT', at: at(880) } }
}

describe('a bracket whose entry fills at once', () => {
  it('asks for a stop over the whole quantity first, and is open until it stands', () => {
    const story = new Story()
    expect(story.tell('entry', 'filled', { filled: '0.9', price: '40000' })).toEqual(['+stop-1 0.9'])
    expect(story.bracket.state).toBe('open')
    const [stop] = story.last!.submits
    expect(stop).toMatchObject({ side: 'sell', type: 'stop-market' })
    expect(`${stop?.triggerPrice}`).toBe('39600')
  })

  it('asks for the targets once the stop stands', () => {
    const story = new Story()
    story.tell('entry', 'filled', { filled: '0.9', price: '40000' })
    expect(story.tell('stop-1', 'accepted')).toEqual(['+target-1 0.3', '+target-2 0.3', '+target-3 0.3', 'opened'])
    const [target] = story.last!.submits
    expect(`${target?.side} ${target?.price} ${target?.type}`).toBe('sell 40400 limit')
  })

  it('tells trade.opened once the stop stands, with the time without protection', () => {
    const story = new Story()
    story.tell('entry', 'filled', { filled: '0.9', price: '40000', atMs: 4 })
    expect(story.tell('stop-1', 'accepted', { atMs: 45 })).toContain('opened')
    expect(story.bracket.state).toBe('protected')
    expect(story.events[0]?.trade).toMatchObject({ unprotectedMs: 41, openedAt: at(4) })
  })

  it('ignores news that is repeated or older than what it has seen', () => {
    const story = new Story().opened()
    const before = story.bracket
    expect(story.tell('stop-1', 'rejected', { revision: 1 })).toEqual([])
    expect(story.tell('entry', 'accepted', { revision: 1, filled: '0' })).toEqual([])
    expect(story.bracket).toEqual(before)
  })

  it('adjusts the stop after each target: the smaller one is placed before the larger one is cancelled', () => {
    const story = new Story().opened()
    expect(story.tell('target-1', 'filled', { filled: '0.1', price: '40400', final: false })).toEqual([])
    expect(story.tell('target-1', 'filled', { filled: '0.3', price: '40400' })).toEqual(['+stop-2 0.6'])
    expect(story.bracket.state).toBe('protected')
    expect(story.tell('stop-2', 'accepted')).toEqual(['-stop-1'])
    expect(story.tell('stop-1', 'cancelled')).toEqual([])
    expect(story.bracket.state).toBe('protected')
  })

  it('ends with the last target, sweeps what is left and tells profit after fees', () => {
    const story = new Story().opened()
    story.tell('target-1', 'filled', { filled: '0.3', price: '40400', fee: '1' })
    story.tell('stop-2', 'accepted')
    story.tell('target-2', 'filled', { filled: '0.3', price: '40800', fee: '1' })
    expect(story.tell('target-3', 'filled', { filled: '0.3', price: '41200', fee: '1', atMs: 900 })).toEqual([
      '-stop-2',
      '-stop-3',
      'closed',
    ])
    const trade = story.events.at(-1)?.trade
    expect(trade).toMatchObject({ reason: 'target', closedAt: at(900) })
    // 0.3 x 400 + 0.3 x 800 + 0.3 x 1200 = 720; fees 14.4 + 3.
    expect(
      trade !== undefined && 'realizedPnl' in trade && `${trade.realizedPnl} ${trade.fees} ${trade.closePrice}`,
    ).toBe('702.6 17.4 40800')
  })

  it('waits a moment with the end of the trade for fees that the venue tells later', () => {
    const story = new Story().opened()
    expect(story.tell('stop-1', 'filled', { filled: '0.9', price: '39600', feeUnknown: true, atMs: 100 })).toEqual([
      '-target-1',
      '-target-2',
      '-target-3',
    ])
    expect([story.bracket.state, story.bracket.closedAt, story.bracket.wakeAt]).toEqual(['closed', null, at(3_100)])
    expect(story.tell('stop-1', 'filled', { filled: '0.9', price: '39600', fee: '14', atMs: 140 })).toEqual(['closed'])
    const trade = story.events.at(-1)?.trade
    expect(trade).toMatchObject({ closedAt: at(100) })
    expect(trade !== undefined && 'fees' in trade && `${trade.fees}`).toBe('28.4')
  })

  it('opens and ends when the venue says that it did, and waits for fees from when we heard of it', () => {
    const story = new Story()
    story.tell('entry', 'filled', { filled: '0.9', price: '40000', fee: '14', executedMs: 5, atMs: 30 })
    story.tell('stop-1', 'accepted', { atMs: 40 })
    expect(story.events.at(-1)?.trade).toMatchObject({ openedAt: at(5) })
    const away = { filled: '0.9', price: '39600', executedMs: 100, atMs: 50_000 }
    story.tell('stop-1', 'filled', { ...away, feeUnknown: true })
    expect([story.bracket.closedAt, story.bracket.wakeAt]).toEqual([null, at(53_000)])
    story.tell('stop-1', 'filled', { ...away, fee: '14', atMs: 50_200 })
    expect(story.events.at(-1)?.trade).toMatchObject({ reason: 'stop', openedAt: at(5), closedAt: at(100) })
  })

  it('ends without a fee that never comes', () => {
    const story = new Story().opened()
    story.tell('stop-1', 'filled', { filled: '0.9', price: '39600', feeUnknown: true, atMs: 100 })
    expect(story.take([{ kind: 'wake' }], 3_100)).toEqual(['closed'])
    expect(story.bracket.wakeAt).toBeNull()
  })

  it('ends with the stop and takes the targets away', () => {
    const story = new Story().opened()
    expect(story.tell('stop-1', 'filled', { filled: '0.9', price: '39600', fee: '14' })).toEqual([
      '-target-1',
      '-target-2',
      '-target-3',
      'closed',
    ])
    expect(story.bracket.state).toBe('closed')
    const trade = story.events.at(-1)?.trade
    expect(trade).toMatchObject({ reason: 'stop' })
    expect(trade !== undefined && 'realizedPnl' in trade && `${trade.realizedPnl}`).toBe('-388.4')
  })

  it('never tells of the end twice, even when a leg that was to be cancelled is reported filled later', () => {
    const story = new Story().opened()
    story.tell('stop-1', 'filled', { filled: '0.9', price: '39600' })
    expect(story.tell('target-1', 'filled', { filled: '0.3', price: '40400' })).toEqual([])
    expect(story.bracket.state).toBe('closed')
  })

  it('cancels again an order that the venue took after its cancellation was asked for', () => {
    const story = new Story()
    story.tell('entry', 'filled', { filled: '0.9', price: '40000' })
    story.tell('stop-1', 'accepted')
    story.tell('stop-1', 'filled', { filled: '0.9', price: '39600' })
    expect(story.tell('target-1', 'accepted')).toEqual(['-target-1'])
    expect(story.tell('target-1', 'cancelled')).toEqual([])
  })
})

describe('a bracket whose entry fills in parts', () => {
  it('grows the stop with each part, placing the larger before cancelling the smaller, and waits with targets', () => {
    const story = new Story()
    expect(story.tell('entry', 'filled', { filled: '0.2', price: '40000', final: false })).toEqual(['+stop-1 0.2'])
    expect(story.tell('stop-1', 'accepted')).toEqual([])
    expect(story.bracket.state).toBe('protected')
    expect(story.tell('entry', 'filled', { filled: '0.5', price: '40000', final: false })).toEqual(['+stop-2 0.5'])
    expect(story.bracket.state).toBe('open')
    expect(story.tell('stop-2', 'accepted')).toEqual(['-stop-1'])
    expect(story.tell('entry', 'cancelled', { filled: '0.5', price: '40000' })).toEqual([
      '+target-1 0.167',
      '+target-2 0.167',
      '+target-3 0.166',
      'opened',
    ])
  })

  it('places no more stops while several have no answer, then one for all that is held', () => {
    const story = new Story()
    for (const filled of ['0.1', '0.2', '0.3']) story.tell('entry', 'filled', { filled, price: '40000', final: false })
    expect(story.tell('entry', 'filled', { filled: '0.4', price: '40000', final: false })).toEqual([])
    expect(story.tell('stop-1', 'accepted')).toEqual(['+stop-4 0.4'])
  })

  it('ends the rest of an entry that is stopped out while it still fills, and sells what comes late', () => {
    const story = new Story()
    story.tell('entry', 'filled', { filled: '0.2', price: '40000', final: false })
    story.tell('stop-1', 'accepted')
    expect(story.tell('stop-1', 'filled', { filled: '0.2', price: '39600' })).toEqual(['-entry'])
    expect(story.tell('entry', 'cancelled', { filled: '0.3', price: '40000' })).toEqual(['+close-1 0.1'])
    expect(story.tell('close-1', 'filled', { filled: '0.1', price: '39500' })).toEqual(['opened', 'closed'])
  })

  it('lets a limit entry rest for a while only, then protects and aims with what it got', () => {
    const story = new Story(planOf({ entryType: 'limit' }))
    expect(story.tell('entry', 'accepted')).toEqual([])
    expect(story.bracket.wakeAt).toBe(at(30_000 + exitPolicyDefault.limitRestMs))
    story.tell('entry', 'filled', { filled: '0.3', price: '40000', final: false, atMs: 1_000 })
    story.tell('stop-1', 'accepted', { atMs: 1_010 })
    expect(story.bracket.wakeAt).toBe(at(1_000 + exitPolicyDefault.partialRestMs))
    expect(story.take([{ kind: 'wake' }], 11_000)).toEqual(['-entry'])
    expect(story.tell('entry', 'cancelled', { filled: '0.3', price: '40000' })).toEqual([
      '+target-1 0.1',
      '+target-2 0.1',
      '+target-3 0.1',
      'opened',
    ])
  })

  it('gives a limit entry that begins to fill late no more time than it had', () => {
    const restEndsMs = 30_000 + exitPolicyDefault.limitRestMs
    const story = new Story(planOf({ entryType: 'limit' }))
    story.tell('entry', 'accepted')
    story.tell('entry', 'filled', { filled: '0.3', price: '40000', final: false, atMs: restEndsMs - 1_000 })
    story.tell('stop-1', 'accepted', { atMs: restEndsMs - 990 })
    expect(story.bracket.wakeAt).toBe(at(restEndsMs))
    expect(story.take([{ kind: 'wake' }], restEndsMs)).toEqual(['-entry'])
  })
})

describe('a bracket whose entry comes to nothing', () => {
  it('fails with the reason of the venue and tells of no trade', () => {
    const story = new Story()
    const reason = { code: 'INSUFFICIENT_FUNDS', message: 'Margin is insufficient.' }
    expect(story.tell('entry', 'rejected', { reason })).toEqual([])
    expect(story.bracket).toMatchObject({ state: 'failed', failure: reason })
  })

  it('waits while the outcome is unknown and sends nothing again', () => {
    const story = new Story()
    expect(story.tell('entry', 'unknown', { final: false })).toEqual([])
    expect(story.bracket.state).toBe('entering')
    expect(story.take([{ kind: 'wake' }], 3_600_000)).toEqual([])
    expect(story.tell('entry', 'filled', { filled: '0.9', price: '40000' })[0]).toBe('+stop-1 0.9')
  })

  it('protects a fill that turns up after the order was held to be absent', () => {
    const story = new Story()
    story.tell('entry', 'rejected')
    expect(story.tell('entry', 'filled', { filled: '0.9', price: '40000' })[0]).toBe('+stop-1 0.9')
    expect(story.bracket.state).toBe('open')
  })
})

describe('a bracket whose stop does not stand', () => {
  const reason = { code: 'REFUSED_BY_VENUE', message: 'no' }

  it('tries once more, then flattens by market', () => {
    const story = new Story()
    story.tell('entry', 'filled', { filled: '0.9', price: '40000' })
    expect(story.tell('stop-1', 'rejected', { reason })).toEqual(['+stop-2 0.9', 'unprotected, retry'])
    expect(story.tell('stop-2', 'rejected', { reason })).toEqual(['+close-1 0.9'])
    expect(story.bracket.state).toBe('closing')
    expect(story.tell('close-1', 'filled', { filled: '0.9', price: '39990' })).toEqual(['opened', 'closed'])
    expect(story.events.at(-1)?.trade).toMatchObject({ reason: 'close' })
  })

  it('flattens at once when the price is through the stop already', () => {
    const story = new Story()
    story.tell('entry', 'filled', { filled: '0.9', price: '40000' })
    const through = { code: 'WOULD_TRIGGER_IMMEDIATELY', message: 'Order would immediately trigger.' }
    expect(story.tell('stop-1', 'rejected', { reason: through })[0]).toBe('+close-1 0.9')
  })

  it('waits for an unknown stop instead of placing a second one, and places the targets meanwhile', () => {
    const story = new Story()
    story.tell('entry', 'filled', { filled: '0.9', price: '40000' })
    expect(story.tell('stop-1', 'unknown', { final: false })).toEqual([
      '+target-1 0.3',
      '+target-2 0.3',
      '+target-3 0.3',
    ])
    expect(story.bracket.state).toBe('open')
    expect(story.tell('stop-1', 'accepted')).toEqual(['opened'])
  })

  it('puts back a stop that someone cancelled at the venue', () => {
    const story = new Story().opened()
    expect(story.tell('stop-1', 'cancelled')).toEqual(['+stop-2 0.9', 'unprotected, retry'])
    expect(story.bracket.state).toBe('open')
  })

  it('gives up when its stop is taken away at the venue again and again', () => {
    const story = new Story().opened()
    for (let lost = 1; lost <= exitPolicyDefault.lostStopsMax; lost += 1) {
      expect(story.tell(`stop-${lost}`, 'cancelled')).toContain(`+stop-${lost + 1} 0.9`)
      story.tell(`stop-${lost + 1}`, 'accepted')
    }
    expect(story.tell(`stop-${exitPolicyDefault.lostStopsMax + 1}`, 'cancelled')).toContain('+close-1 0.9')
  })
})

describe('a bracket that is closed by command', () => {
  it('sells by market, takes targets away and keeps the stop until nothing is held', () => {
    const story = new Story().opened()
    expect(story.take([{ kind: 'close' }], 500)).toEqual(['+close-1 0.9', '-target-1', '-target-2', '-target-3'])
    expect(story.take([{ kind: 'close' }], 501)).toEqual([])
    expect(story.tell('close-1', 'filled', { filled: '0.9', price: '40100' })).toEqual(['-stop-1', 'closed'])
  })

  it('cancels an entry that has not filled, and fails without a trade', () => {
    const story = new Story(planOf({ entryType: 'limit' }))
    story.tell('entry', 'accepted')
    expect(story.take([{ kind: 'close' }], 500)).toEqual(['-entry'])
    expect(story.tell('entry', 'cancelled')).toEqual([])
    expect(story.bracket.state).toBe('failed')
  })

  it('sends a refused close again after growing waits', () => {
    const story = new Story().opened()
    story.take([{ kind: 'close' }], 500)
    expect(story.tell('close-1', 'rejected', { atMs: 600 })).toEqual([])
    expect(story.bracket.wakeAt).toBe(at(1_100))
    expect(story.take([{ kind: 'wake' }], 1_100)).toEqual(['+close-2 0.9'])
    expect(story.tell('close-2', 'rejected', { atMs: 1_200 })).toEqual([])
    expect(story.bracket.wakeAt).toBe(at(2_200))
  })

  it('ends with the price and the reason of the venue when its owner closed the position by hand', () => {
    const story = new Story().opened()
    expect(story.take([lossOf('0.9', 'manual')], 900)).toEqual([
      '-stop-1',
      '-target-1',
      '-target-2',
      '-target-3',
      'closed',
    ])
    const { trade } = story.events.at(-1)!
    expect(trade).toMatchObject({ reason: 'manual' })
    expect([`${'closePrice' in trade ? trade.closePrice : ''}`, `${'fees' in trade ? trade.fees : ''}`]).toEqual([
      '41000',
      '15.4',
    ])
    expect('realizedPnl' in trade ? `${trade.realizedPnl}` : '').toBe('884.6')
  })

  it('fits stop and targets to what is left when a part was closed by hand', () => {
    const story = new Story().opened()
    expect(story.take([lossOf('0.6', 'manual')], 900)).toEqual(['+stop-2 0.3', '-target-2', '-target-3'])
    expect(story.tell('stop-2', 'accepted', { atMs: 950 })).toEqual(['-stop-1'])
    expect(story.bracket.state).toBe('protected')
    story.tell('target-2', 'cancelled', { atMs: 960 })
    story.tell('target-3', 'cancelled', { atMs: 960 })
    expect(story.take([lossOf('5', 'liquidation')], 999)).toContain('closed')
    expect(story.events.at(-1)?.trade).toMatchObject({ reason: 'liquidation' })
  })

  it('loses nothing twice: what a leg of ours closed first is not lost as well', () => {
    const story = new Story().opened()
    story.tell('stop-1', 'filled', { filled: '0.9', price: '39600', fee: '1', atMs: 800 })
    expect(story.take([lossOf('0.9', 'manual')], 900)).toEqual([])
    expect(story.events.filter(({ kind }) => kind === 'closed')).toHaveLength(1)
  })
})

describe('a trailing stop', () => {
  const trailing = { triggerPercent: d('95'), callbackRatePercent: d('2') }

  it('covers the parts whose targets lie beyond its activation price', () => {
    const story = new Story(planOf({ trailing }))
    story.tell('entry', 'filled', { filled: '0.9', price: '40000' })
    expect(story.tell('stop-1', 'accepted')).toContain('+trailing-1 0.3')
    const leg = story.bracket.legs.find(({ purpose }) => purpose === 'trailing')
    expect(`${leg?.triggerPrice} ${leg?.callbackRatePercent} ${leg?.type}`).toBe('41140 2 trailing-stop')
  })

  it('starts at once when the price is beyond its activation already', () => {
    const story = new Story(planOf({ trailing }))
    story.tell('entry', 'filled', { filled: '0.9', price: '40000' })
    story.tell('stop-1', 'accepted')
    const reason = { code: 'WOULD_TRIGGER_IMMEDIATELY', message: '' }
    expect(story.tell('trailing-1', 'rejected', { reason })).toEqual(['+trailing-2 0.3'])
    expect(story.bracket.legs.at(-1)?.triggerPrice).toBeNull()
    // Once: a venue that says the same of that one as well would be asked for ever.
    expect(story.tell('trailing-2', 'rejected', { reason })).toEqual([])
  })

  it('is not begun, and no target either, once the stop is being hit', () => {
    const story = new Story(planOf({ trailing }))
    story.tell('entry', 'filled', { filled: '0.9', price: '40000' })
    expect(story.tell('stop-1', 'filled', { filled: '0.1', price: '39600', final: false })).toEqual(['opened'])
  })
})
