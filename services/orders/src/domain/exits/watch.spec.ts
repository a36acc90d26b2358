import { describe, expect, it } from 'vitest'
import { at, d, planOf } from '../../testing/bracket-fixtures.ts'
import { Story } from '../../testing/bracket-story.ts'
import { submitOf } from '../bracket/commands.ts'

const trailing = { triggerPercent: d('50'), callbackRatePercent: d('1') }
const plan = planOf({ trailing, targets: [d('41000')] }, 'binance-spot')
const bought = { filled: '0.3', price: '40000', fee: '0.0003', feeCurrency: 'BTC' }

function fired(atMs: number) {
  return { kind: 'fired' as const, leg: 'trailing-1', price: d('40590'), best: d('41000'), at: at(atMs) }
}

/** Coins with a pair over them; the trailing stop is watched for. */
function opened(): Story {
  const story = new Story(plan, '0.3')
  story.tell('entry', 'filled', bought)
  story.tell('pair-1', 'accepted', { atMs: 45 })
  return story
}

const leg = (story: Story, name: string) => story.bracket.legs.find((one) => one.leg === name)

describe('a trailing stop at a venue that has none', () => {
  it('is watched for as soon as something is held, without an order', () => {
    const story = opened()
    expect(story.bracket.state).toBe('protected')
    expect(leg(story, 'trailing-1')).toMatchObject({ state: 'watching', type: 'trailing-stop', side: 'sell' })
    expect(story.last?.submits).toEqual([])
  })

  it('frees the coins when its price has come, and sells them by market under its own name', () => {
    const story = opened()
    expect(story.take([fired(100)], 100)).toEqual(['-pair-1'])
    expect(story.bracket).toMatchObject({ state: 'closing', closing: { cause: 'trailing-hit' } })
    expect(story.tell('pair-1', 'cancelled', { atMs: 110 })).toEqual(['+trailing-1 0.2997'])
    const sent = leg(story, 'trailing-1')!
    expect(submitOf(story.bracket, sent, at(0))).toMatchObject({
      type: 'market',
      price: null,
      callbackRatePercent: null,
    })
    expect(sent).toMatchObject({ state: 'submitted', watch: { firedAt: at(100) } })
    const sold = { filled: '0.2997', price: '40580', fee: '4', atMs: 130 }
    expect(story.tell('trailing-1', 'filled', sold)).toEqual(['closed'])
    expect(story.events.at(-1)?.trade).toMatchObject({ reason: 'trailing' })
  })

  it('fires once, however often and by how many processes it is told', () => {
    const story = opened()
    story.take([fired(100), fired(101)], 101)
    story.tell('pair-1', 'cancelled', { atMs: 110 })
    expect(story.take([fired(120)], 120)).toEqual([])
    expect(story.bracket.legs.filter(({ purpose }) => purpose === 'trailing')).toHaveLength(1)
  })

  it('is sent anew after a refusal, and the reason stays', () => {
    const story = opened()
    story.take([fired(100)], 100)
    story.tell('pair-1', 'cancelled', { atMs: 110 })
    story.tell('trailing-1', 'rejected', { atMs: 120, reason: { code: 'REFUSED_BY_VENUE', message: '' } })
    expect(story.take([{ kind: 'wake' }], 700)).toEqual(['+trailing-2 0.2997'])
    story.tell('trailing-2', 'filled', { filled: '0.2997', price: '40580', fee: '4', atMs: 730 })
    expect(story.events.at(-1)?.trade).toMatchObject({ reason: 'trailing' })
  })

  it('leaves a target that was faster alone, and ends with the trade', () => {
    const story = opened()
    story.take([fired(100)], 100)
    const sold = { filled: '0.2997', price: '41000', fee: '4', atMs: 105 }
    expect(story.tell('pair-1', 'filled', sold)).toEqual(['closed'])
    expect(leg(story, 'trailing-1')).toMatchObject({ state: 'cancelled' })
    expect(story.last?.cancels).toEqual([])
  })

  it('is no longer watched for once the position is being closed', () => {
    const story = opened()
    expect(story.take([{ kind: 'close' }], 100)).toEqual(['-pair-1'])
    expect(leg(story, 'trailing-1')).toMatchObject({ state: 'cancelled' })
    story.take([fired(105)], 105)
    expect(story.tell('pair-1', 'cancelled', { atMs: 110 })).toEqual(['+close-1 0.2997'])
  })

  it('tells once when no price comes, and once when prices come again', () => {
    const story = opened()
    const blind = { kind: 'blind' as const, since: at(100) }
    expect(story.take([blind], 10_200)).toEqual(['unprotected, wait'])
    expect(story.last?.protection).toMatchObject([
      { stop: 'trailing-1', reason: { code: 'PRICE_UNKNOWN' }, since: at(100) },
    ])
    expect(`${story.last?.protection.map((news) => (news.kind === 'unprotected' ? news.uncovered : ''))}`).toBe('0')
    expect(story.take([blind], 11_000)).toEqual([])
    expect(story.bracket).toMatchObject({ state: 'protected', exposedSince: null })
    expect(story.take([{ kind: 'blind', since: null }], 20_100)).toEqual(['protected'])
    expect(story.last?.protection).toEqual([{ kind: 'protected', spanMs: 20_000 }])
  })

  it('says nothing of prices that come again for a trade that has ended', () => {
    const story = opened()
    story.take([{ kind: 'blind', since: at(100) }], 10_200)
    const sold = { filled: '0.2997', price: '39600', fee: '4', atMs: 10_300 }
    expect(story.tell('pair-1', 'filled', sold)).toEqual(['closed'])
  })
})

describe('a trailing stop of ours where positions are held', () => {
  it('closes all that is left while the stop stays until it is gone', () => {
    const story = new Story(planOf({ trailing, targets: [d('41000')] }, 'xapi'), '0.9')
    story.tell('entry', 'filled', { filled: '0.9', price: '40000', fee: '14' })
    story.tell('stop-1', 'accepted', { atMs: 45 })
    story.tell('target-1', 'accepted', { atMs: 46 })
    expect(leg(story, 'trailing-1')).toMatchObject({ state: 'watching' })
    expect(story.take([fired(100)], 100)).toEqual(['+trailing-1 0.9', '-target-1'])
    const sold = { filled: '0.9', price: '40580', fee: '14', atMs: 130 }
    expect(story.tell('trailing-1', 'filled', sold)).toEqual(['-stop-1', 'closed'])
  })
})
