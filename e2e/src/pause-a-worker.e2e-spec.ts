import { SeededRandomness } from '@tradewire/kernel/randomness'
import { afterAll, describe, expect, it } from 'vitest'
import { expectWhole, playDemo } from './system/demo-run.ts'
import { momentAfter } from './system/moment.ts'
import { realSystem } from './system/real-system.ts'
import { type SecondProcess, startSecond } from './system/second-process.ts'
import { note, seedOf } from './system/seed.ts'

const system = realSystem()
const seconds: SecondProcess[] = []
const followers = 40
const momentLastMs = 300
/** Longer than a lease and longer than the bus waits for an acknowledgement (10 s each). */
const pausedMs = 13_000
const workers = ['brokers', 'orders'] as const
/** The second signal meets workers that have woken up among work that is done. */
const signals = 2

afterAll(async () => {
  await Promise.all(seconds.map((second) => second.stop()))
})

describe('workers that are paused while a signal fans out, long enough for others to take their work over', () => {
  it('find, when they wake up, that their work is done, and do none of it again', () =>
    system.watched(async () => {
      const seed = seedOf('pause-a-worker')
      const randomness = new SeededRandomness(seed)
      for (const worker of workers) seconds.push(await startSecond(system, worker))
      const woken: Promise<void>[] = []
      let startedMs = 0
      const result = await playDemo(
        system,
        { followers, signals, seed },
        {
          async onSignal(place) {
            startedMs = performance.now()
            for (const worker of place === 1 ? workers : []) {
              const momentMs = Math.round(randomness.fraction() * momentLastMs)
              await momentAfter(momentMs)
              const { pid } = await system.signal(worker, 'SIGSTOP')
              woken.push(wakeLater(worker, pid))
              note(`one ${worker} paused ${momentMs} ms later, for ${pausedMs} ms`)
            }
          },
          async onSettled(place) {
            note(`signal ${place}: all positions ended ${Math.round(performance.now() - startedMs)} ms after the alert`)
            await Promise.all(woken)
          },
        },
      )
      expectWhole(result)
    }))
})

async function wakeLater(worker: string, pid: number): Promise<void> {
  await momentAfter(pausedMs)
  expect((await system.signal(worker, 'SIGCONT')).pid, 'the process that wakes up').toBe(pid)
}
