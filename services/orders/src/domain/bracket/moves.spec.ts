import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { at, bracketOf, d, newsOf, planOf } from '../../testing/bracket-fixtures.ts'
import { Story } from '../../testing/bracket-story.ts'
import { advance, IllegalBracketMove, legOf } from './advance.ts'
import {
  type Bracket,
  type BracketFact,
  bracketMoves,
  type BracketState,
  holdsSlot,
  type PlanningFact,
  plannerMoves,
} from './bracket.ts'
import { exitPolicyDefault } from './decision.ts'
import { afterEvidence, firstState, type Leg, type LegEvidence, legMoves, type LegState, mirror } from './leg.ts'

const plan = planOf()
const legStates = Object.keys(legMoves) as LegState[]

/** Each piece of evidence, where alone it can lead, and the states that it leads there from. */
const evidence: Readonly<Record<LegEvidence, readonly [to: LegState, ...from: LegState[]]>> = {
  accepted: ['working', 'submitted', 'unknown', 'rejected'],
  'part-filled': ['working', 'submitted', 'unknown', 'rejected'],
  filled: ['filled', 'submitted', 'working', 'unknown', 'rejected', 'cancelled'],
  rejected: ['rejected', 'submitted', 'working', 'unknown'],
  unknown: ['unknown', 'submitted', 'working'],
  cancelled: ['cancelled', 'submitted', 'working', 'unknown', 'rejected'],
  'price-reached': ['submitted', 'watching'],
  'not-needed': ['cancelled', 'watching'],
}
const allEvidence = Object.keys(evidence) as LegEvidence[]

describe.each(allEvidence)('a leg of which is told: %s', (by) => {
  const [to, ...moving] = evidence[by]

  it.each(legStates)('moves from %s by the table alone', (from) => {
    expect(afterEvidence(from, by)).toBe(moving.includes(from) ? to : from)
  })
})

const news = ['accepted', 'filled', 'rejected', 'unknown', 'cancelled'] as const
describe.each(news.flatMap((one) => legStates.map((from) => [from, one] as const)))(
  '%s: news that it is %s',
  (from, one) => {
    it.each([true, false])('moves the leg by the table, and a fill of a part is no whole one: final %s', (final) => {
      const bracket = withEntry({ state: from })
      const { update } = newsOf(bracket, 'entry', one, { final })
      const by = one === 'filled' && !final ? 'part-filled' : one
      expect(mirror(bracket.legs[0]!, update).state).toBe(afterEvidence(from, by))
    })
  },
)

describe('a leg, for any history of evidence', () => {
  it('is where it is by evidence of just that, and stays filled for ever', () => {
    fc.assert(
      fc.property(fc.constantFrom(...legStates), fc.array(fc.constantFrom(...allEvidence)), (first, history) => {
        let state = first
        for (const by of history) {
          const next = afterEvidence(state, by)
          if (next !== state) expect(evidence[by][0]).toBe(next)
          if (state === 'filled') expect(next).toBe('filled')
          state = next
        }
      }),
    )
  })

  it('begins with its command, and what is watched for only by its price', () => {
    const watch = { since: at(0), firedAt: null, firedPrice: null, bestPrice: null, blindSince: null }
    expect(firstState(undefined)).toBe('submitted')
    expect(firstState(watch)).toBe('watching')
    expect(firstState({ ...watch, firedAt: at(5) })).toBe('submitted')
  })
})

/** Legs that add up to each fact. */
const facts: Readonly<Record<BracketFact, () => Bracket>> = {
  'entry-sent': () => withEntry({}),
  'entry-told': () => withEntry({ state: 'working' }),
  uncovered: () => withEntry(filled),
  covered: () => withEntry(filled, stopOf({ state: 'working' })),
  leaving: () => ({ ...withEntry(filled), closing: { cause: 'command', at: at(1) } }),
  'all-out': () => withEntry(filled, stopOf(filled)),
  'never-filled': () => withEntry({ state: 'rejected' }),
}

/** Where a bracket of each state is then; what is not here is refused. */
const expected: Readonly<Record<BracketState, Readonly<Partial<Record<BracketFact, BracketState>>>>> = {
  denied: {},
  waiting: {},
  planned: {
    'entry-sent': 'planned',
    'entry-told': 'entering',
    uncovered: 'open',
    leaving: 'closing',
    'all-out': 'closed',
    'never-filled': 'failed',
  },
  entering: {
    'entry-told': 'entering',
    uncovered: 'open',
    leaving: 'closing',
    'all-out': 'closed',
    'never-filled': 'failed',
  },
  open: { uncovered: 'open', covered: 'protected', leaving: 'closing', 'all-out': 'closed' },
  protected: { uncovered: 'open', covered: 'protected', leaving: 'closing', 'all-out': 'closed' },
  closing: {
    'entry-sent': 'closing',
    'entry-told': 'closing',
    uncovered: 'closing',
    covered: 'closing',
    leaving: 'closing',
    'all-out': 'closed',
    'never-filled': 'failed',
  },
  closed: { uncovered: 'closing', covered: 'closing', leaving: 'closing', 'all-out': 'closed' },
  failed: {
    'entry-told': 'entering',
    uncovered: 'open',
    leaving: 'closing',
    'all-out': 'closed',
    'never-filled': 'failed',
  },
}

describe.each(Object.keys(bracketMoves) as BracketState[])('a bracket that is %s', (from) => {
  it.each(Object.keys(facts) as BracketFact[])('goes where its legs lead when they say: %s', (fact) => {
    const given = facts[fact]()
    // What is closing has its cause, and what is held after the end gets one: it leaves.
    const closing = from === 'closing' ? ({ cause: 'command', at: at(1) } as const) : given.closing
    const step = () =>
      advance({ ...given, state: from, closing }, [{ kind: 'wake' }], {
        plan,
        policy: exitPolicyDefault,
        isAlone: true,
        now: at(10),
      })
    const to = expected[from][fact]
    if (to === undefined) expect(step).toThrow(IllegalBracketMove)
    else expect(step().bracket.state).toBe(to)
  })
})

describe("the planner's word", () => {
  const words = Object.keys(plannerMoves) as PlanningFact[]

  it('moves a bracket that waits for its turn, as it began, and no other one', () => {
    const moved = Object.entries(bracketMoves).filter(([, moves]) => words.some((word) => moves[word] !== undefined))
    expect(moved).toEqual([['waiting', plannerMoves]])
  })

  it.each(words)('gives the slot of its follow to nothing but an approved entry: %s', (word) => {
    expect(holdsSlot({ state: plannerMoves[word], legs: [] })).toBe(word === 'approved')
  })
})

describe('a late fill', () => {
  it('is sold when it comes after the end, while the fee of the last exit is still awaited', () => {
    const story = new Story()
    story.tell('entry', 'cancelled', { filled: '0.3', price: '40000', fee: '1' })
    story.tell('stop-1', 'accepted')
    for (const target of ['target-1', 'target-2', 'target-3'])
      story.tell(target, 'filled', { filled: '0.1', price: '40400', feeUnknown: true, atMs: 100 })
    expect([story.bracket.state, story.bracket.closedAt]).toEqual(['closed', null])
    expect(story.tell('entry', 'cancelled', { filled: '0.4', price: '40000', fee: '1', atMs: 110 })).toContain(
      '+close-1 0.1',
    )
    expect([story.bracket.state, story.bracket.closing?.cause]).toEqual(['closing', 'late-fill'])
    story.tell('close-1', 'filled', { filled: '0.1', price: '39600', fee: '1', atMs: 120 })
    expect(story.take([{ kind: 'wake' }], 5_000)).toContain('closed')
    expect(story.events.map(({ kind }) => kind)).toEqual(['opened', 'closed'])
  })

  it('of an entry that had come to nothing ends at once where it is too little to sell', () => {
    const story = new Story(planOf({}, 'binance-spot'))
    story.tell('entry', 'cancelled')
    expect(story.bracket.state).toBe('failed')
    story.tell('entry', 'cancelled', { filled: '0.00001', price: '40000', fee: '0.00001', feeCurrency: 'BTC' })
    expect([story.bracket.state, story.bracket.losses.map(({ reason }) => reason)]).toEqual(['closed', ['unsellable']])
  })
})

const filled = {
  state: 'filled',
  filledQuantity: d('0.9'),
  averagePrice: d('40000'),
  feeCurrency: 'USDT',
  filledAt: at(2),
} as const

function withEntry(entry: Partial<Leg>, ...exits: Leg[]): Bracket {
  const bracket = bracketOf(plan, d('0.9'))
  return { ...bracket, legs: [{ ...bracket.legs[0]!, ...entry }, ...exits] }
}

function stopOf(part: Partial<Leg>): Leg {
  const draft = { leg: 'stop-1', purpose: 'stop', type: 'stop-market', quantity: d('0.9'), price: null } as const
  const terms = { triggerPrice: plan.prices.stop.trigger, callbackRatePercent: null }
  return { ...legOf(bracketOf(plan, d('0.9')), { ...draft, ...terms }, at(0)), ...part }
}
