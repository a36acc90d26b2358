import { describe, expect, it } from 'vitest'
import { at, bracketOf, d, executed, heldWith, planOf } from '../../testing/bracket-fixtures.ts'
import { Story } from '../../testing/bracket-story.ts'
import type { Bracket } from './bracket.ts'
import { refusedClose, restEndsAt } from './decide.ts'
import { exitPolicyDefault } from './decision.ts'
import type { Leg } from './leg.ts'

const refused = { code: 'REJECTED_BY_VENUE', message: 'no' }
const nothingToReduce = { code: 'REDUCE_ONLY_REFUSED', message: 'nothing to reduce' }
const through = { code: 'WOULD_TRIGGER_IMMEDIATELY', message: 'Order would immediately trigger.' }

const lost = {
  quantity: d('0.4'),
  reason: 'manual',
  price: d('40000'),
  fee: d('0'),
  feeCurrency: 'USDT',
  at: at(57),
} as const

/** Filled at 40000 with its stop standing; what it asks for then. */
function covered(plan = planOf(), quantity = '0.9'): { story: Story; asked: string[] } {
  const story = new Story(plan, quantity)
  story.tell('entry', 'filled', { filled: quantity, price: '40000', atMs: 10 })
  return { story, asked: story.tell('stop-1', 'accepted', { atMs: 45 }) }
}

describe('a target that the venue refuses', () => {
  it('is sent once more, and then left to the stop', () => {
    const { story } = covered()
    expect(story.tell('target-2', 'rejected', { reason: refused, atMs: 60 })).toEqual(['+target-2.2 0.3'])
    expect(story.tell('target-2.2', 'rejected', { reason: refused, atMs: 70 })).toEqual([])
    expect(story.bracket.state).toBe('protected')
  })

  it('is not sent again where somebody has cancelled it', () => {
    const { story } = covered()
    expect(story.tell('target-2', 'cancelled', { atMs: 60 })).toEqual([])
  })

  it('is not sent again for more than is left', () => {
    const { story } = covered()
    for (const target of ['target-1', 'target-3']) story.tell(target, 'accepted', { atMs: 50 })
    story.tell('target-1', 'filled', { filled: '0.3', price: '40400', atMs: 55 })
    story.take([{ kind: 'loss', loss: { ...lost, quantity: d('0.4') } }], 58)
    expect(story.tell('target-2', 'rejected', { reason: refused, atMs: 60 })).not.toContain('+target-2.2 0.3')
  })
})

describe('what a trailing stop covers', () => {
  const trailing = (triggerPercent: string) => ({ triggerPercent: d(triggerPercent), callbackRatePercent: d('1') })
  const trailed = ({ asked }: { asked: string[] }) => asked.filter((words) => words.startsWith('+trailing'))
  const short = {
    side: 'sell',
    stop: { price: d('40400'), type: 'market' },
    targets: [d('39600'), d('39200'), d('38800')],
  } as const

  it.each([
    // Of the way to 41200: at 40360, 40400, 40840, 41200.
    ['30', '0.9'],
    ['33.34', '0.9'],
    ['70', '0.3'],
    ['100', '0.3'],
  ])('is what its targets leave at or beyond its activation, %s %% of the way: %s', (percent, quantity) => {
    expect(trailed(covered(planOf({ trailing: trailing(percent) })))).toEqual([`+trailing-1 ${quantity}`])
    expect(trailed(covered(planOf({ ...short, trailing: trailing(percent) })))).toEqual([`+trailing-1 ${quantity}`])
  })

  it('is the last part that has something where no target lies so far', () => {
    expect(trailed(covered(planOf({ trailing: trailing('150') })))).toEqual(['+trailing-1 0.3'])
    // The third part was too small and went to the second.
    expect(trailed(covered(planOf({ trailing: trailing('150') }), '0.002'))).toEqual(['+trailing-1 0.001'])
  })

  it('starts at once, without its activation, only where the venue says that the price is there', () => {
    for (const [reason, asked] of [
      [through, ['+trailing-2 0.3']],
      [refused, []],
    ] as const) {
      const { story } = covered(planOf({ trailing: trailing('70') }))
      expect(story.tell('trailing-1', 'rejected', { reason, atMs: 60 })).toEqual(asked)
    }
  })
})

describe('an entry that fills in part', () => {
  const resting = planOf({ entryType: 'limit' })

  it('may go on for a while after its first fill, but not beyond when it would have ended anyway', () => {
    const wakes = (filledAtMs: number) => {
      const story = new Story(resting)
      story.tell('entry', 'filled', { filled: '0.4', price: '40000', final: false, atMs: filledAtMs })
      return story.bracket.wakeAt
    }
    const restEnds = restEndsAt(resting, exitPolicyDefault.limitRestMs)!
    expect(wakes(1_000)).toBe(at(11_000))
    const late = Date.parse(restEnds) - Date.parse(at(0)) - 5_000
    expect(wakes(late)).toBe(restEnds)
  })

  it('ends as soon as anything of it is closed again', () => {
    const story = new Story(resting)
    story.tell('entry', 'filled', { filled: '0.4', price: '40000', final: false, atMs: 10 })
    story.tell('stop-1', 'accepted', { atMs: 40 })
    expect(story.tell('stop-1', 'filled', { filled: '0.1', price: '39600', final: false, atMs: 60 })).toContain(
      '-entry',
    )
  })
})

describe('a close that found nothing to reduce', () => {
  const close = (changes: Partial<Leg> = {}) =>
    executed(bought, 'close', { state: 'rejected', filledQuantity: d('0'), reason: nothingToReduce, ...changes })
  const bought = bracketOf(planOf(), d('0.9'))
  const closing = (...legs: readonly Leg[]): Bracket => ({
    ...heldWith(bought, ...legs),
    closing: { cause: 'command', at: at(50) },
  })

  it('is the newest one, and none of a trade that is not closing', () => {
    const [first, second] = [close({ leg: 'close-1' }), close({ leg: 'close-2' })]
    expect(refusedClose(closing(first, second))?.leg).toBe('close-2')
    expect(refusedClose({ ...closing(first), closing: null })).toBeNull()
    expect(refusedClose(closing())).toBeNull()
  })

  it('is none that was refused for something else or is still on its way', () => {
    expect(refusedClose(closing(close(), close({ reason: refused })))).toBeNull()
    expect(refusedClose(closing(close(), close({ state: 'submitted', reason: null })))).toBeNull()
    // A stop or a target that was refused so is not what takes the position off.
    expect(refusedClose(closing(close({ purpose: 'target' })))).toBeNull()
  })
})
