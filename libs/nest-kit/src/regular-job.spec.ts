import type { Logger } from '@tradewire/observability/logger'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { RegularJob } from './regular-job.ts'

const everyMs = 1_000

class Job extends RegularJob {
  readonly warned: string[] = []
  readonly ends: ((error?: Error) => void)[] = []

  constructor() {
    const warn = (_: unknown, text: string): void => void this.warned.push(text)
    super({ everyMs, failed: 'it failed' }, { warn } as unknown as Logger)
  }

  protected work(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.ends.push((error) => (error === undefined ? resolve() : reject(error)))
    })
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

  it('says that a turn failed and takes the next one', async () => {
    const job = new Job()
    job.onApplicationBootstrap()
    await vi.advanceTimersByTimeAsync(everyMs)
    job.ends[0]!(new Error('no'))
    await vi.advanceTimersByTimeAsync(everyMs)
    expect(job.warned).toEqual(['it failed'])
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
