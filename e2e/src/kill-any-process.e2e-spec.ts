import { SeededRandomness } from '@tradewire/kernel/randomness'
import type { RunPart } from '@tradewire/launcher/home/run-record'
import { describe, expect, it } from 'vitest'
import { expectWhole, playDemo } from './system/demo-run.ts'
import { momentAfter } from './system/moment.ts'
import { realSystem } from './system/real-system.ts'
import { note, seedOf } from './system/seed.ts'

const system = realSystem()
const services = ['signals', 'orders', 'brokers', 'paper', 'gateway', 'identity', 'reporting', 'webhooks']
const followers = 40
/** The fan-out of so many followers takes about as long. */
const momentLastMs = 300

describe('a system whose processes are killed, one after the other, while orders go out and while they are hit', () => {
  it('loses nothing, doubles nothing, and settles within a minute of each kill', () =>
    system.watched(async () => {
      const seed = seedOf('kill-any-process')
      const randomness = new SeededRandomness(seed)
      const atEntries = shuffled(services, randomness)
      const atExits = shuffled(services, randomness)
      const killed: RunPart[] = []
      let startedMs = 0
      const killAt = async (name: string, what: string) => {
        const momentMs = Math.round(randomness.fraction() * momentLastMs)
        await momentAfter(momentMs)
        killed.push(await system.signal(name, 'SIGKILL'))
        startedMs = performance.now()
        note(`${what}: ${name} killed after ${momentMs} ms`)
      }
      const result = await playDemo(
        system,
        { followers, signals: services.length, seed },
        {
          onSignal: (place) => killAt(atEntries[place - 1] as string, `signal ${place}, entries`),
          onExits: (place) => killAt(atExits[place - 1] as string, `signal ${place}, exits`),
          async onSettled(place) {
            note(`signal ${place}: all positions ended ${Math.round(performance.now() - startedMs)} ms after the kill`)
          },
        },
      )
      expectWhole(result)
      for (const part of killed) expect((await system.untilRestarted(part)).pid).not.toBe(part.pid)
    }))
})

function shuffled<Item>(items: readonly Item[], randomness: SeededRandomness): Item[] {
  return items
    .map((item) => ({ item, place: randomness.fraction() }))
    .toSorted((a, b) => a.place - b.place)
    .map(({ item }) => item)
}
