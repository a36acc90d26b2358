import { describe, it } from 'vitest'
import { expectHolds } from '../system/scenario.ts'

const limitMs = 240_000

describe('a system that loses its bus, and all that the bus had stored, while a signal fans out', () => {
  it.each(['bus-killed', 'bus-emptied'])(
    'loses nothing, doubles nothing, leaves nothing unprotected and settles: %s',
    (name) => expectHolds(name),
    limitMs,
  )
})
