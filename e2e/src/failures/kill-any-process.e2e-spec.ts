import { describe, it } from 'vitest'
import { expectHolds } from '../system/scenario.ts'

const limitMs = 240_000

describe('a system whose processes are killed while orders go out and while they are hit', () => {
  it.each(['kill-each-process'])(
    'loses nothing, doubles nothing, leaves nothing unprotected and settles: %s',
    (name) => expectHolds(name),
    limitMs,
  )
})
