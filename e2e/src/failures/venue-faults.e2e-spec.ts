import { describe, it } from 'vitest'
import { expectHolds } from '../system/scenario.ts'

const limitMs = 240_000

describe('a system at a venue that drops replies, hides orders, limits rates and cuts streams', () => {
  it.each(['venue-limits-rates', 'venue-does-it-all'])(
    'loses nothing, doubles nothing, leaves nothing unprotected and settles: %s',
    (name) => expectHolds(name),
    limitMs,
  )
})
