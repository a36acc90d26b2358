import type { LossLimits } from '@tradewire/contracts/trade-settings'
import { decimal } from '@tradewire/kernel/decimal'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Bases, lossAgainst, lossReason, restarted, type ToldEquity, watchLosses } from './loss-limit.ts'
import { resolveSettings, silent } from '../sizing/settings.ts'

const basic = { riskPercent: decimal('1'), leverage: 10, maxNotional: null }
const noon = new Date('2026-11-18T12:00:00.000Z')
const nextDay = new Date('2026-11-19T00:00:00.000Z')

function rules(follow: LossLimits, strategy: LossLimits | null = null) {
  return resolveSettings(basic, {
    ...silent,
    strategy: strategy && { lossLimits: strategy },
    follow: { lossLimits: follow },
  })
}

function told(equity: string, observedAt = noon): ToldEquity {
  return { currency: 'USDT', equity: decimal(equity), observedAt }
}

/** Tells one equity after the other. */
class Story {
  bases: Bases = {}
  private ids = 0
  private known: ToldEquity | null = null

  constructor(private readonly settings: ReturnType<typeof rules>) {}

  tell(equity: string, now = noon) {
    const news = { told: told(equity, now), before: this.known, now, nextId: () => String((this.ids += 1)) }
    const { bases, trips } = watchLosses({ ...this.settings, bases: this.bases }, news)
    this.bases = bases
    this.known = news.told
    return trips.map(({ mode, limit, endsAt }) => [limit.period, mode, endsAt?.toISOString().slice(0, 10) ?? null])
  }

  against(equity: string, now = noon) {
    return lossAgainst({ ...this.settings, bases: this.bases }, { currency: 'USDT', equity: decimal(equity) }, now)
  }
}

describe('a loss limit', () => {
  it('is reached when the equity has fallen by its share since the start of the day', () => {
    const story = new Story(rules({ dayPercent: '5' }))
    expect([story.tell('10000'), story.tell('10400'), story.tell('9501')]).toEqual([[], [], []])
    expect(story.tell('9500')).toEqual([['day', 'exit-only', '2026-11-19']])
  })

  it('takes the smaller of share and amount, and closes what is held when it is told to', () => {
    const story = new Story(rules({ weekPercent: '10', weekAmount: '300', action: 'flatten' }))
    story.tell('10000')
    expect(story.tell('9701')).toEqual([])
    expect(story.tell('9700')).toEqual([['week', 'flatten', '2026-11-23']])
  })

  it('is acted on once in its period, and counts anew in the next', () => {
    const story = new Story(rules({ dayPercent: '5' }))
    story.tell('10000')
    expect(story.tell('9000')).toHaveLength(1)
    expect([story.tell('8900'), story.tell('9900'), story.tell('8000')]).toEqual([[], [], []])
    expect(story.tell('8000', nextDay)).toEqual([])
    expect(story.tell('7600', nextDay)).toEqual([['day', 'exit-only', '2026-11-20']])
  })

  it('of a new period starts from what was known before, so a fall over its beginning is not forgotten', () => {
    const story = new Story(rules({ dayPercent: '5' }))
    story.tell('10000')
    expect(story.tell('9400', nextDay)).toEqual([['day', 'exit-only', '2026-11-20']])
  })

  it('of a lifetime never starts anew by itself', () => {
    const story = new Story(rules({ lifetimePercent: '20' }))
    story.tell('10000')
    expect(story.tell('8100', new Date('2027-05-01T00:00:00Z'))).toEqual([])
    expect(story.tell('8000', new Date('2028-05-01T00:00:00Z'))).toEqual([['lifetime', 'exit-only', null]])
  })

  it('of each layer holds by itself: the stronger action follows the weaker', () => {
    const story = new Story(rules({ dayPercent: '5' }, { dayPercent: '10', action: 'flatten' }))
    story.tell('10000')
    expect(story.tell('9500')).toEqual([['day', 'exit-only', '2026-11-19']])
    expect(story.tell('9000')).toEqual([['day', 'flatten', '2026-11-19']])
    expect(story.tell('8000')).toEqual([])
  })

  it('is not reached by an account on which nothing is', () => {
    const story = new Story(rules({ dayPercent: '5', lifetimePercent: '20', action: 'flatten' }))
    expect([story.tell('0'), story.tell('0')]).toEqual([[], []])
    expect(story.against('0')).toBeNull()
  })

  it('that two layers reach at once ends in the stronger action, whichever of them comes first', () => {
    const refuse = { dayPercent: '5' }
    const flatten = { dayPercent: '5', action: 'flatten' } as const
    for (const settings of [rules(refuse, flatten), rules(flatten, refuse)]) {
      const story = new Story(settings)
      story.tell('10000')
      expect(story.tell('9500')).toEqual([['day', 'flatten', '2026-11-19']])
      // The weaker one has nothing to add.
      expect(story.tell('9400')).toEqual([])
    }
  })

  it('leaves the bases as they are, the very same, where nothing new was told, and those that no limit asks for', () => {
    const both = new Story(rules({ dayPercent: '5', weekPercent: '12' }))
    both.tell('10000')
    const { bases } = both
    both.tell('9900')
    expect(both.bases).toBe(bases)
    const news = { told: told('9400'), before: null, now: noon, nextId: () => 'a' }
    const day = watchLosses({ ...rules({ dayPercent: '5' }), bases }, news)
    expect(day.bases.week).toBe(bases.week)
    expect(day.bases.day).not.toBe(bases.day)
  })

  it('counts anew once somebody has taken its switch back, and only in its own period', () => {
    const story = new Story(rules({ dayPercent: '5', weekPercent: '12' }))
    story.tell('10000')
    story.tell('9500')
    expect(restarted(story.bases, 'another')).toEqual(story.bases)
    story.bases = restarted(story.bases, '1')
    expect(Object.keys(story.bases)).toEqual(['week'])
    expect(story.tell('9200')).toEqual([])
    expect(story.tell('8800').map(([period]) => period)).toEqual(['day', 'week'])
  })

  it('does not compare what is told in another currency', () => {
    const settings = rules({ dayPercent: '5' })
    const { bases } = watchLosses(
      { ...settings, bases: {} },
      { told: told('10000'), before: null, now: noon, nextId: String },
    )
    const other = { told: { ...told('1'), currency: 'BTC' }, before: null, now: noon, nextId: String }
    expect(watchLosses({ ...settings, bases }, other)).toEqual({ bases, trips: [] })
    expect(lossAgainst({ ...settings, bases }, other.told, noon)).toBeNull()
  })

  it('speaks against an entry before its switch is engaged, and leaves it to the switch afterwards', () => {
    const story = new Story(rules({ dayPercent: '5' }))
    story.tell('10000')
    expect(story.against('9501')).toBeNull()
    expect(story.against('9500')).toMatchObject({ period: 'day', lost: '500', allowed: '500', source: 'follow' })
    expect(story.against('9500', nextDay)).toBeNull()
    story.tell('9500')
    expect(story.against('9500')).toBeNull()
  })

  it('is reached exactly when the loss is as large as the strictest limit allows', () => {
    const equity = fc.integer({ min: 1, max: 20_000 })
    const percent = fc.integer({ min: 1, max: 99 })
    fc.assert(
      fc.property(equity, fc.array(equity, { maxLength: 12 }), percent, percent, (start, later, mine, theirs) => {
        const story = new Story(rules({ dayPercent: String(mine) }, { dayPercent: String(theirs) }))
        const trips = [start, ...later].map((value) => story.tell(String(value)).length)
        const allowed = (start * Math.min(mine, theirs)) / 100
        const first = later.findIndex((value) => start - value >= allowed)
        expect(trips.indexOf(1)).toBe(first === -1 ? -1 : first + 1)
        expect(trips.filter((count) => count > 0)).toHaveLength(first === -1 ? 0 : 1)
      }),
    )
  })
})

describe('the reason of a switch that a loss has engaged', () => {
  const figures = {
    lost: '500',
    allowed: '450',
    equityAtStart: '10000',
    currency: 'USDT',
    startsAt: '2026-11-18T00:00:00.000Z',
    source: 'follow',
  } as const

  it('tells the loss, its period and the limit', () => {
    expect(lossReason({ ...figures, period: 'day' })).toBe(
      'Lost 500 of 10000 USDT in the day since 2026-11-18T00:00:00.000Z; the limit of the follow is 450.',
    )
    expect(lossReason({ ...figures, period: 'lifetime' })).toContain('USDT altogether since')
  })
})
