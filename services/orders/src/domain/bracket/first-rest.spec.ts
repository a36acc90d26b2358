import { describe, expect, it } from 'vitest'
import { bracketOf, d, newsOf, planOf, type Told } from '../../testing/bracket-fixtures.ts'
import { venueCapabilities } from '../planning/venue-capabilities.ts'
import type { SignalPlan } from '../planning/signal-plan.ts'
import { advance } from './advance.ts'
import { restEndsAt } from './decide.ts'
import { exitPolicyDefault } from './decision.ts'
import { firstRest } from './first-rest.ts'
import type { LegNews } from './leg.ts'

const venues = Object.keys(venueCapabilities) as SignalPlan['venue'][]
const trailings = [null, { triggerPercent: d('50'), callbackRatePercent: d('1') }]
const types = ['market', 'limit'] as const
const now = '2022-01-10T12:00:01.000Z'

describe.each(venues.flatMap((venue) => types.map((type) => [type, venue] as const)))(
  'the first news of a %s entry at %s, that it rests',
  (entryType, venue) => {
    it.each(trailings)(
      'makes of a planned bracket just what a look at it makes, and nothing follows: %j',
      (trailing) => {
        const plan = planOf({ trailing, entryType }, venue)
        const wakeAt = restEndsAt(plan, exitPolicyDefault.limitRestMs)
        const bracket = { ...bracketOf(plan, d('0.9')), wakeAt }
        const news = newsOf(bracket, 'entry', 'accepted')
        const rest = firstRest(news.update)!
        const step = advance(bracket, [news], { plan, policy: exitPolicyDefault, isAlone: true, now })
        const legs = [{ ...bracket.legs[0]!, ...rest.entry }]
        expect(step.bracket).toEqual({ ...bracket, state: rest.state, legs })
        expect([step.submits, step.cancels, step.events, step.protection]).toEqual([[], [], [], []])
      },
    )
  },
)

describe('news of which more may follow', () => {
  const bracket = bracketOf(planOf(), d('0.9'))
  const others: readonly (readonly [LegNews, Told])[] = [
    ['filled', { filled: '0.4', price: '40000', final: false }],
    ['filled', { filled: '0.9', price: '40000' }],
    ['accepted', { filled: '0.4', price: '40000' }],
    ['rejected', { reason: { code: 'REJECTED_BY_VENUE', message: 'no' } }],
    ['unknown', {}],
    ['cancelled', {}],
  ]

  it.each(others)('is left to a look at the bracket: %s %j', (news, told) => {
    expect(firstRest(newsOf(bracket, 'entry', news, told).update)).toBeNull()
  })
})
