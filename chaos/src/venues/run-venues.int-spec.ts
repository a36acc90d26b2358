import { allBrokers } from '@tradewire/brokers/adapters/registry.adapter'
import { describe, expect, it } from 'vitest'
import { runVenues, venuesSummaryOf } from './run-venues.ts'

const seeds = 3
const lostCloseSeed = 16
const limitMs = 120_000

describe('orders and faults by chance at every venue', () => {
  it(
    'leave no order doubled, none lost, and none believed rejected that stands',
    async () => {
      const runs = await runVenues({ seed: 1, seeds }, () => undefined)
      expect(venuesSummaryOf(runs, 0).findings).toEqual([])
      expect(new Set(runs.map(({ venue }) => venue)).size * seeds).toBe(runs.length)
    },
    limitMs,
  )

  it('find a close at xAPI whose answer was lost: its number is never told', async () => {
    const venues = allBrokers.filter(({ id }) => id === 'xapi')
    const runs = await runVenues({ seed: lostCloseSeed, seeds: 1, venues }, () => undefined)
    expect(venuesSummaryOf(runs, 0).findings).toEqual([])
  })
})
