import { describe, it } from 'vitest'
import { expectHolds } from '../system/scenario.ts'

const limitMs = 240_000

describe('workers that are paused while a signal fans out, long enough for others to take over', () => {
  it.each(['workers-paused'])(
    'loses nothing, doubles nothing, leaves nothing unprotected and settles: %s',
    (name) => expectHolds(name),
    limitMs,
  )
})
