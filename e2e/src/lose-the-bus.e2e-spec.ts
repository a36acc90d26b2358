import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { isAlive } from '@tradewire/backends/process-identity'
import { SeededRandomness } from '@tradewire/kernel/randomness'
import { eventually } from '@tradewire/testkit/eventually'
import { jetstreamManager } from '@nats-io/jetstream'
import { connect } from 'nats'
import { describe, expect, it } from 'vitest'
import { expectWhole, playDemo } from './system/demo-run.ts'
import { momentAfter } from './system/moment.ts'
import { realSystem } from './system/real-system.ts'
import { note, seedOf } from './system/seed.ts'

const system = realSystem()
const followers = 40
const momentLastMs = 300
/** What happens to the bus after each alert. */
const faults = ['killed', 'emptied', 'killed', 'emptied', 'emptied'] as const

describe('a system that loses its bus, and all that the bus had stored, while a signal fans out', () => {
  it('loses nothing, doubles nothing, and settles within a minute', () =>
    system.watched(async () => {
      const seed = seedOf('lose-the-bus')
      const randomness = new SeededRandomness(seed)
      let startedMs = 0
      const result = await playDemo(
        system,
        { followers, signals: faults.length, seed },
        {
          async onSignal(place) {
            const fault = faults[place - 1] as (typeof faults)[number]
            const momentMs = Math.round(randomness.fraction() * momentLastMs)
            await momentAfter(momentMs)
            const before = await streamBirths()
            startedMs = performance.now()
            await (fault === 'killed' ? killBus() : killAndEmptyBus())
            note(`signal ${place}: the bus was ${fault} ${momentMs} ms after the alert`)
            const after = await eventually(() => streamBirths(), { withinMs: 30_000, describe: 'the streams are back' })
            // Only an emptied store makes the streams anew: the fault has done what it says.
            expect(after === before, `the streams after the bus was ${fault} are those of before`).toBe(
              fault === 'killed',
            )
          },
          async onSettled(place) {
            note(`signal ${place}: all positions ended ${Math.round(performance.now() - startedMs)} ms after the fault`)
          },
        },
      )
      expectWhole(result)
    }))
})

async function killBus(): Promise<void> {
  const { pid } = await system.signal('nats', 'SIGKILL')
  await eventually(() => !isAlive(pid), { describe: 'nats-server is gone' })
}

/** Stopped first, so that the launcher cannot start it again while its files are being deleted. */
async function killAndEmptyBus(): Promise<void> {
  await system.signal('nats', 'SIGSTOP')
  await rm(join(system.home.nats, 'store'), { recursive: true })
  await killBus()
}

/** When each stream was made; both are there once the services have found the bus again. */
async function streamBirths(): Promise<string | undefined> {
  const connection = await connect({ servers: system.endpoints.nats, reconnect: false })
  try {
    const manager = await jetstreamManager(connection)
    const streams = await manager.streams.list().next()
    if (streams.length < 2) return undefined
    return streams
      .map(({ config, created }) => `${config.name} ${created}`)
      .toSorted()
      .join(', ')
  } finally {
    await connection.close()
  }
}
