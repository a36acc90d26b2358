import type { SetFault } from '@tradewire/contracts/paper/control'
import { paperFault, paperFaultList } from '@tradewire/contracts/paper/control'
import { SeededRandomness } from '@tradewire/kernel/randomness'
import { ControlClient } from '@tradewire/launcher/paper/control-client'
import { Client } from 'pg'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { expectWhole, playDemo } from './system/demo-run.ts'
import { momentAfter } from './system/moment.ts'
import { realSystem } from './system/real-system.ts'
import { note, seedOf } from './system/seed.ts'

const system = realSystem()
const followers = 40
/** Shorter than the read lag that we grant the paper venue (2 s), longer than the first looks. */
const invisibleMs = 1_200
const retryAfterMs = 700
const momentLastMs = 300

/** What the venue does wrong during each signal, from its alert to the end of its last position. */
function plan(seed: number): readonly (readonly SetFault[])[] {
  const dropped: SetFault = { kind: 'drop-reply-after-accept', rate: 0.3, seed }
  const failed: SetFault = { kind: 'error-after-accept', rate: 0.3, seed: seed + 1 }
  const invisible: SetFault = { kind: 'delay-visibility', rate: 0.3, milliseconds: invisibleMs, seed: seed + 2 }
  const burst: SetFault = { kind: 'rate-limit', next: followers, milliseconds: retryAfterMs }
  const cut: SetFault = { kind: 'disconnect-streams', next: followers * 2 }
  const refusedReads: SetFault = {
    kind: 'rate-limit',
    operation: 'read',
    next: followers * 2,
    milliseconds: retryAfterMs,
  }
  const cancelsDropped: SetFault = { ...dropped, operation: 'cancel' }
  return [
    [dropped],
    [failed, cancelsDropped],
    [failed, invisible],
    [burst, dropped],
    [cut, dropped],
    [dropped, failed, invisible, cut, refusedReads, cancelsDropped],
  ]
}

describe('a system at a venue that drops replies, hides orders, limits rates and cuts streams', () => {
  it('loses nothing, doubles nothing, and finds out what became of every order', () =>
    system.watched(async () => {
      const seed = seedOf('venue-faults')
      const faults = plan(seed)
      const venue = ControlClient.at(system.endpoints.paper?.control ?? '')
      const randomness = new SeededRandomness(seed)
      let startedMs = 0
      const result = await playDemo(
        system,
        { followers, signals: faults.length, seed },
        {
          async beforeSignal(place) {
            startedMs = performance.now()
            for (const body of faults[place - 1] ?? [])
              await venue.ask({ method: 'POST', path: '/faults', body }, paperFault)
          },
          async onSignal(place) {
            if (place < faults.length) return
            await momentAfter(randomness.fraction() * momentLastMs)
            await system.signal('brokers', 'SIGKILL')
            note(`signal ${place}: brokers killed among all of these faults`)
          },
          async onSettled(place) {
            const { faults: left } = await venue.ask({ method: 'GET', path: '/faults' }, paperFaultList)
            const hits = left.map((fault) => `${fault.kind} ${fault.hits}`).join(', ')
            note(
              `signal ${place}: all ended after ${Math.round(performance.now() - startedMs)} ms; hits: ${hits || 'all used up'}`,
            )
            // A switch that has struck as often as it may is gone from the list. Cancels are too few to be hit each time.
            for (const { kind, operation, hits: count } of left) {
              if (operation !== 'cancel') expect(count, `${kind} has struck`).toBeGreaterThan(0)
            }
            await venue.ask({ method: 'DELETE', path: '/faults' }, z.unknown())
          },
        },
      )
      expectWhole(result)
      const attempts = await attemptsByState()
      note(`attempts: ${attempts.map(({ state, count }) => `${state} ${count}`).join(', ')}`)
      expect(attempts.filter(({ state }) => ['submitting', 'unknown', 'queued'].includes(state))).toEqual([])
    }))
})

interface AttemptCount {
  readonly state: string
  readonly count: number
}

/** As the administrator sees them: what brokers believes of each order. */
async function attemptsByState(): Promise<readonly AttemptCount[]> {
  const client = new Client({ connectionString: system.endpoints.database })
  await client.connect()
  try {
    const { rows } = await client.query<AttemptCount>(
      'select state, count(*)::int as count from brokers.attempt group by state order by state',
    )
    return rows
  } finally {
    await client.end()
  }
}
