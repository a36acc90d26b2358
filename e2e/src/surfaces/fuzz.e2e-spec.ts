import { setTimeout as delay } from 'node:timers/promises'
import { runFuzz } from '@tradewire/chaos/fuzz/run-fuzz'
import { fuzzTarget } from '@tradewire/chaos/fuzz/target'
import { allRoutes } from '@tradewire/contracts/http/all'
import { describe, expect, it } from 'vitest'
import { realSystem } from '../system/real-system.ts'

const system = realSystem({ processes: false })
const cases = 10_000
const limitMs = 600_000

describe('the public API, asked for nonsense', () => {
  it(
    'never breaks, answers as documented, and carries out nothing that its contract refuses',
    { timeout: limitMs },
    () =>
      system.watched(async () => {
        const options = { cases, seed: 1, progress: () => undefined, wait: (ms: number) => delay(ms) }
        const { findings, statuses } = await runFuzz(fuzzTarget(system.endpoints), allRoutes, options)
        expect(findings).toEqual([])
        // Not only refusals: what is right among it is carried out.
        expect(statuses['200']).toBeGreaterThan(cases / 20)
      }),
  )
})
