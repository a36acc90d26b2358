import type { ProcessExit, RunningProcess } from '@tradewire/backends/running-backend'
import { createLogger } from '@tradewire/observability/logger'
import { describe, expect, it, vi } from 'vitest'
import { pauseMsAfter, Supervisor } from './supervisor.ts'

const logger = createLogger({ service: 'test', level: 'silent' })

class FakeProcess implements RunningProcess {
  readonly url = 'http://127.0.0.1:1'
  readonly port = 1
  readonly exited: Promise<ProcessExit>
  private end: (exit: ProcessExit) => void = () => undefined

  constructor(readonly pid: number) {
    this.exited = new Promise((resolve) => (this.end = resolve))
  }

  signal(signal: NodeJS.Signals): void {
    this.end({ code: null, signal })
  }

  async stop(): Promise<void> {
    this.end({ code: 0, signal: null })
  }
}

function supervised(): { supervisor: Supervisor<FakeProcess>; started: FakeProcess[]; onRestart: () => void } {
  const started: FakeProcess[] = []
  const onRestart = vi.fn()
  const start = async (): Promise<FakeProcess> => {
    const next = new FakeProcess(started.length + 1)
    started.push(next)
    return next
  }
  return { supervisor: new Supervisor({ name: 'part', start, logger, onRestart }), started, onRestart }
}

describe('a supervised process', () => {
  it('is started again when it dies unasked', async () => {
    const { supervisor, started, onRestart } = supervised()
    const first = await supervisor.start()
    first.signal('SIGKILL')
    await vi.waitFor(() => expect(started).toHaveLength(2))
    await vi.waitFor(() => expect(onRestart).toHaveBeenCalledOnce())
    expect(supervisor.current()?.pid).toBe(2)
    await supervisor.stop()
  })

  it('stays down when it was stopped, also while it waits for its next start', async () => {
    const { supervisor, started } = supervised()
    const first = await supervisor.start()
    first.signal('SIGKILL')
    await first.exited
    await supervisor.stop()
    expect(started).toHaveLength(1)
    expect(supervisor.current()).toBeUndefined()
  })

  it('is given more time after each early death, up to a limit', () => {
    expect([0, 1, 2, 3].map(pauseMsAfter)).toEqual([250, 500, 1_000, 2_000])
    expect(pauseMsAfter(1_000)).toBe(5_000)
  })
})
