import type { StopFailurePolicy } from '@tradewire/contracts/trade-settings'
import { describe, expect, it } from 'vitest'
import { at, d, planOf } from '../../testing/bracket-fixtures.ts'
import { Story } from '../../testing/bracket-story.ts'
import { type ExitRules, exitRulesDefault } from '../bracket/exit-rules.ts'
import { openQuantity } from '../bracket/leg.ts'
import { positionOf } from '../bracket/position.ts'
import type { SignalPlan } from '../planning/signal-plan.ts'
import { movedStopPrices } from './stops.ts'

const refused = { code: 'TOO_MANY_ORDERS', message: 'Reach max stop order limit.' }
const through = { code: 'WOULD_TRIGGER_IMMEDIATELY', message: 'Order would immediately trigger.' }

const shorts = planOf({
  side: 'sell',
  stop: { price: d('40400'), type: 'limit' },
  targets: [d('39600'), d('39200'), d('38800')],
})

function moving(after: number, offset = '0', plan?: SignalPlan): Story {
  return new Story(plan, '0.9', { ...exitRulesDefault, moveStopAfterTarget: after, moveStopOffsetPercent: d(offset) })
}

function failing(onStopFailure: StopFailurePolicy): Story {
  const exits: ExitRules = { ...exitRulesDefault, onStopFailure }
  return new Story(planOf(), '0.9', exits)
}

function triggerOf(story: Story, leg: string): string {
  return `${story.bracket.legs.find((one) => one.leg === leg)?.triggerPrice}`
}

/** The stops that stand and have not been asked to end. */
function standing(story: Story): string[] {
  return story.bracket.legs
    .filter(({ purpose, state, cancelRequested }) => purpose === 'stop' && state === 'working' && !cancelRequested)
    .map((leg) => `${leg.leg} ${openQuantity(leg)} at ${leg.triggerPrice}`)
}

const firstTarget = { filled: '0.3', price: '40400', atMs: 100 }

describe('a stop that moves to the entry', () => {
  it('does so once its target is filled, and the old one ends only when the new one stands', () => {
    const story = moving(1).opened()
    expect(story.tell('target-1', 'filled', firstTarget)).toEqual(['+stop-2 0.6'])
    expect(triggerOf(story, 'stop-2')).toBe('40000')
    expect(story.take([{ kind: 'wake' }], 110)).toEqual([])
    expect(standing(story)).toEqual(['stop-1 0.9 at 39600'])
    expect(story.tell('stop-2', 'accepted', { atMs: 120 })).toEqual(['-stop-1'])
    expect(standing(story)).toEqual(['stop-2 0.6 at 40000'])
    expect(story.bracket).toMatchObject({ state: 'protected', unprotectedMs: 43 })
  })

  it('lies beyond the entry by the offset, on the side of profit, rounded towards the price', () => {
    const long = moving(1, '0.0801').opened()
    long.tell('target-1', 'filled', firstTarget)
    expect(triggerOf(long, 'stop-2')).toBe('40032.1')
    const short = moving(1, '0.0801', shorts).opened()
    short.tell('target-1', 'filled', { ...firstTarget, price: '39600' })
    expect(triggerOf(short, 'stop-2')).toBe('39967.9')
    // The limit of a stop-limit keeps its distance from the trigger.
    const stop = short.bracket.legs.find(({ leg }) => leg === 'stop-2')
    expect([stop?.type, `${stop?.price}`]).toEqual(['stop-limit', '40169.9'])
  })

  it('leaves the offset out where it would reach the target itself', () => {
    const story = moving(1, '5').opened()
    story.tell('target-1', 'filled', firstTarget)
    expect(triggerOf(story, 'stop-2')).toBe('40000')
  })

  it.each([
    ['40010.5', '40010.5'],
    // It would lie behind the own stop of the signal, or beyond the target that moves it.
    ['39590', '39600'],
    ['40500', '39600'],
  ])('lies where the entry was really filled, %s, unless that is no place for a stop: %s', (price, trigger) => {
    const story = moving(1)
    story.tell('entry', 'filled', { filled: '0.9', price, atMs: 10 })
    story.tell('stop-1', 'accepted', { atMs: 45 })
    story.tell('target-1', 'filled', firstTarget)
    expect(triggerOf(story, 'stop-2')).toBe(trigger)
  })

  it('moves with the neighbour of a target whose part was too small for an order', () => {
    const exits = { ...exitRulesDefault, moveStopAfterTarget: 3 }
    const story = new Story(planOf(), '0.002', exits)
    story.tell('entry', 'filled', { filled: '0.002', price: '40000', atMs: 10 })
    story.tell('stop-1', 'accepted', { atMs: 45 })
    story.tell('target-1', 'filled', { filled: '0.001', price: '40400', atMs: 100 })
    expect(triggerOf(story, 'stop-2')).toBe('39600')
    story.tell('stop-2', 'accepted', { atMs: 110 })
    // All is sold: nothing is left to be moved, but where it would be shows that the second one counts for the third.
    const { bracket, plan } = story
    const legs = bracket.legs.map((leg) => (leg.leg === 'target-2' ? { ...leg, state: 'filled' as const } : leg))
    const moved = movedStopPrices({ bracket: { ...bracket, legs }, position: positionOf(bracket), plan, isAlone: true })
    expect(`${moved?.trigger}`).toBe('40000')
  })

  it('waits for its own target, for all of it, and takes a farther one for it', () => {
    const story = moving(2).opened()
    story.tell('target-1', 'filled', firstTarget)
    expect(triggerOf(story, 'stop-2')).toBe('39600')
    story.tell('stop-2', 'accepted', { atMs: 110 })
    expect(story.tell('target-2', 'filled', { filled: '0.1', price: '40800', final: false, atMs: 130 })).toEqual([])
    expect(story.tell('target-3', 'filled', { filled: '0.3', price: '41200', atMs: 140 })).toEqual(['+stop-3 0.2'])
    expect(triggerOf(story, 'stop-3')).toBe('40000')
    const short = moving(2, '0', shorts).opened()
    short.tell('target-1', 'filled', { ...firstTarget, price: '39600' })
    expect(triggerOf(short, 'stop-2')).toBe('40400')
  })

  it('moves also when the exact quantity needs no new stop, such as after a target that filled late', () => {
    const story = moving(1).opened()
    expect(story.tell('target-1', 'filled', { ...firstTarget, filled: '0.2', final: false })).toEqual([])
    expect(story.tell('target-1', 'filled', firstTarget)).toEqual(['+stop-2 0.6'])
  })

  it('goes by market where the price has come back before it stood', () => {
    const story = moving(1).opened()
    story.tell('target-1', 'filled', firstTarget)
    const done = story.tell('stop-2', 'rejected', { reason: through, atMs: 120 })
    expect(done).toEqual(['+close-1 0.6', '-target-2', '-target-3'])
    expect(story.bracket.closing?.cause).toBe('stop-hit')
    expect(standing(story)).toEqual(['stop-1 0.9 at 39600'])
  })

  it('stays where it was when the venue refuses the new one twice', () => {
    const story = moving(1).opened()
    story.tell('target-1', 'filled', firstTarget)
    expect(story.tell('stop-2', 'rejected', { reason: refused, atMs: 120 })).toEqual(['+stop-3 0.6'])
    expect(triggerOf(story, 'stop-3')).toBe('40000')
    expect(story.tell('stop-3', 'rejected', { reason: refused, atMs: 130 })).toEqual([])
    expect(story.bracket.state).toBe('protected')
    expect(story.take([{ kind: 'wake' }], 1_129)).toEqual([])
    expect(story.take([{ kind: 'wake' }], 1_130)).toEqual(['+stop-4 0.6'])
    expect(triggerOf(story, 'stop-4')).toBe('39600')
  })

  it('never counts a stop that was asked to end as cover, even if the venue took it later', () => {
    const story = new Story().opened()
    story.tell('target-1', 'filled', firstTarget)
    // The second target fills in part before the new stop is answered: the larger one stays, the new one shall end.
    const partial = { filled: '0.1', price: '40800', final: false, atMs: 130 }
    expect(story.tell('target-2', 'filled', partial)).toEqual(['-stop-2'])
    expect(story.tell('stop-2', 'accepted', { atMs: 140 })).toEqual(['-stop-2'])
    expect(standing(story)).toEqual(['stop-1 0.9 at 39600'])
  })
})

describe('a stop that the venue refuses', () => {
  const opened = (story: Story) => story.tell('entry', 'filled', { filled: '0.9', price: '40000', atMs: 10 })
  const refuse = (story: Story, leg: string, atMs: number) => story.tell(leg, 'rejected', { reason: refused, atMs })

  it('ends in a close at once where its owner wants that', () => {
    const story = failing('flatten')
    opened(story)
    expect(refuse(story, 'stop-1', 50)).toEqual(['+close-1 0.9', 'unprotected, close'])
    story.tell('close-1', 'filled', { filled: '0.9', price: '39990', atMs: 75 })
    expect(story.bracket).toMatchObject({ state: 'closed', unprotectedMs: 65 })
  })

  it('is sent once more before that where nothing else is said', () => {
    const story = failing('retry-then-flatten')
    opened(story)
    expect(refuse(story, 'stop-1', 50)).toEqual(['+stop-2 0.9', 'unprotected, retry'])
    expect(refuse(story, 'stop-2', 90)).toEqual(['+close-1 0.9'])
    expect(story.bracket.closing?.cause).toBe('stop-refused')
    story.tell('close-1', 'filled', { filled: '0.9', price: '39990', atMs: 110 })
    expect(story.bracket).toMatchObject({ state: 'closed', unprotectedMs: 100 })
  })

  it('is sent again at growing intervals where its owner only wants to know, and the position stays', () => {
    const story = failing('alert')
    opened(story)
    expect(refuse(story, 'stop-1', 50)).toEqual(['+stop-2 0.9', 'unprotected, retry'])
    expect(refuse(story, 'stop-2', 100)).toEqual([])
    expect(story.bracket).toMatchObject({ state: 'open', closing: null })
    expect(story.take([{ kind: 'wake' }], 1_100)).toEqual(['+stop-3 0.9'])
    expect(refuse(story, 'stop-3', 1_200)).toEqual([])
    expect(story.take([{ kind: 'wake' }], 3_199)).toEqual([])
    expect(story.take([{ kind: 'wake' }], 3_200)).toEqual(['+stop-4 0.9'])
    const stands = story.tell('stop-4', 'accepted', { atMs: 3_300 })
    expect(stands).toEqual(['+target-1 0.3', '+target-2 0.3', '+target-3 0.3', 'opened', 'protected'])
    expect(story.bracket).toMatchObject({ state: 'protected', unprotectedMs: 3_290 })
  })

  it('is told again when another one is lost later', () => {
    const story = failing('alert')
    opened(story)
    refuse(story, 'stop-1', 50)
    story.tell('stop-2', 'accepted', { atMs: 80 })
    expect(story.tell('stop-2', 'cancelled', { atMs: 500 })).toEqual(['+stop-3 0.9', 'unprotected, retry'])
    expect(story.tell('stop-3', 'accepted', { atMs: 540 })).toEqual(['protected'])
  })

  it('is still told of while nobody knows whether the next one stands', () => {
    const story = failing('alert')
    opened(story)
    expect(refuse(story, 'stop-1', 50)).toEqual(['+stop-2 0.9', 'unprotected, retry'])
    expect(story.tell('stop-2', 'unknown', { atMs: 90 })).not.toContain('protected')
  })

  it('is refused once only where another one stood in between', () => {
    const story = failing('retry-then-flatten')
    opened(story)
    refuse(story, 'stop-1', 50)
    story.tell('stop-2', 'accepted', { atMs: 80 })
    expect(story.tell('stop-2', 'cancelled', { atMs: 500 })).toContain('+stop-3 0.9')
    expect(refuse(story, 'stop-3', 540)).toEqual([])
    expect(story.bracket).toMatchObject({ closing: null, wakeAt: at(2_540) })
    expect(story.take([{ kind: 'wake' }], 2_540)).toEqual(['+stop-4 0.9'])
  })

  it('has been triggered and could not be executed where it had stood: the position goes at once', () => {
    const story = failing('retry-then-flatten')
    opened(story)
    story.tell('stop-1', 'accepted', { atMs: 45 })
    expect(refuse(story, 'stop-1', 500)).toContain('+close-1 0.9')
    expect(story.bracket.closing?.cause).toBe('stop-refused')
  })

  it('closes the position under every choice where the price has passed it: that is what the stop was for', () => {
    for (const choice of ['flatten', 'retry-then-flatten', 'alert'] as const) {
      const story = failing(choice)
      opened(story)
      const done = story.tell('stop-1', 'rejected', { reason: through, atMs: 50 })
      expect(done).toEqual(['+close-1 0.9', 'unprotected, close'])
    }
  })

  it('is no news while a larger one covers the position, and is asked for again after a pause', () => {
    const story = new Story().opened()
    story.tell('target-1', 'filled', firstTarget)
    expect(refuse(story, 'stop-2', 120)).toEqual(['+stop-3 0.6'])
    expect(refuse(story, 'stop-3', 130)).toEqual([])
    expect(story.bracket.state).toBe('protected')
  })
})

describe('a stop that somebody else takes away', () => {
  it('is put back three times; then follows what its owner has chosen', () => {
    const lose = (story: Story, number: number) => {
      story.tell(`stop-${number}`, 'accepted', { atMs: 100 * number })
      return story.tell(`stop-${number}`, 'cancelled', { atMs: 100 * number + 50 })
    }
    const closing = failing('flatten').opened()
    for (const number of [1, 2, 3]) expect(lose(closing, number)).toContain(`+stop-${number + 1} 0.9`)
    expect(lose(closing, 4)).toContain('+close-1 0.9')
    expect(closing.bracket.closing?.cause).toBe('stop-refused')
    const staying = failing('alert').opened()
    for (const number of [1, 2, 3]) lose(staying, number)
    expect(lose(staying, 4)).not.toContain('+close-1 0.9')
    expect(staying.bracket).toMatchObject({ state: 'open', closing: null })
    expect(staying.take([{ kind: 'wake' }], 1_449)).toEqual([])
    expect(staying.take([{ kind: 'wake' }], 1_450)).toEqual(['+stop-5 0.9'])
  })
})

describe('a stop that was hit', () => {
  it('takes the rest with it that it did not cover, unless another one stands', () => {
    const story = new Story()
    story.tell('entry', 'filled', { filled: '0.5', price: '40000', final: false, atMs: 10 })
    story.tell('stop-1', 'accepted', { atMs: 40 })
    story.tell('entry', 'filled', { filled: '0.9', price: '40000', atMs: 50 })
    // A larger one is on its way, and then one for what is left.
    const hit = { filled: '0.5', price: '39600', atMs: 60 }
    expect(story.tell('stop-1', 'filled', hit)).toEqual(['+stop-3 0.4'])
    expect(story.tell('stop-2', 'rejected', { reason: refused, atMs: 70 })).not.toContain('+close-1 0.4')
    expect(story.tell('stop-3', 'rejected', { reason: refused, atMs: 80 })).toContain('+close-1 0.4')
    expect(story.bracket.closing?.cause).toBe('stop-hit')
  })
})

describe('where two stops stand', () => {
  it('the one that fits is kept, and while a target fills the smaller one of those that cover', () => {
    const story = new Story().opened()
    story.tell('target-1', 'filled', firstTarget)
    story.tell('stop-2', 'accepted', { atMs: 110 })
    expect(standing(story)).toEqual(['stop-2 0.6 at 39600'])
    // The end of the first one is asked for and not told; the next target begins to fill.
    const partial = { filled: '0.1', price: '40800', final: false, atMs: 130 }
    expect(story.tell('target-2', 'filled', partial)).toEqual([])
    expect(standing(story)).toEqual(['stop-2 0.6 at 39600'])
  })
})
