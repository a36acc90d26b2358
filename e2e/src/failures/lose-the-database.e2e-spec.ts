import { describe, it } from 'vitest'
import { expectHolds } from '../system/scenario.ts'

const limitMs = 240_000

describe('a system whose PostgreSQL is stopped hard while a signal fans out', () => {
  it.each(['database-stopped'])(
    'loses nothing, doubles nothing, leaves nothing unprotected and settles: %s',
    (name) => expectHolds(name),
    limitMs,
  )
})
