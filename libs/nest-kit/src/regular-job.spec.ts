import type { Logger } from '@tradewire/observability/logger'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { RegularJob } from './regular-job.ts'

const everyMs = 1_000

class Job extends RegularJob {
  readonly warned: string[] = []
  readonly ends: ((outcome?: Error | boolean) => void)[] = []

  constructor() {
    const warn = (_: unknown, text: string): void => void this.warned.push(text)
    const work = () =>
      new Promise<boolean>((resolve, reject) => {
        this.ends.push((outcome = false) => (outcome instanceof Error ? reject(outcome) : resolve(outcome)))
      })
    super({ warn } as unknown as Logger, { work, everyMs, afterFailureMs: 2 * everyMs, failed: 'it failed' })
  }
}

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

describe('a regular job', () => {
  it('takes its turns one after the other, however long one lasts', async () => {
    const job = new Job()
    job.onApplicationBootstrap()
    await vi.advanceTimersByTimeAsync(3 * everyMs)
    expect(job.ends).toHaveLength(1)
    job.ends[0]!()
    await vi.advanceTimersByTimeAsync(everyMs)
    expect(job.ends).toHaveLength(2)
  })

  it('says that a turn failed and takes the next one after the pause for failures', async () => {
    const job = new Job()
    job.onApplicationBootstrap()
    await vi.advanceTimersByTimeAsync(everyMs)
    job.ends[0]!(new Error('no'))
    await vi.advanceTimersByTimeAsync(everyMs)
    expect([job.warned, job.ends.length]).toEqual([['it failed'], 1])
    await vi.advanceTimersByTimeAsync(everyMs)
    expect(job.ends).toHaveLength(2)
  })

  it('makes no pause while there is more to do', async () => {
    const job = new Job()
    job.onApplicationBootstrap()
    await vi.advanceTimersByTimeAsync(everyMs)
    job.ends[0]!(true)
    await vi.advanceTimersByTimeAsync(1)
    expect(job.ends).toHaveLength(2)
  })

  it('begins no turn once it is stopped, and is over when the last one is', async () => {
    const job = new Job()
    job.onApplicationBootstrap()
    await vi.advanceTimersByTimeAsync(everyMs)
    job.onModuleDestroy()
    let over = false
    const stopped = job.onApplicationShutdown().then(() => (over = true))
    await vi.advanceTimersByTimeAsync(5 * everyMs)
    expect([over, job.ends.length]).toEqual([false, 1])
    job.ends[0]!()
    await stopped
  })
})
