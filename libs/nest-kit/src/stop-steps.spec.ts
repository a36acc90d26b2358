import { SystemClock } from '@tradewire/kernel/clock'
import { createLogger } from '@tradewire/observability/logger'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { StopSteps, stopWithinMs } from '#stop-steps'

const lines: string[] = []
const destination = { write: (line: string) => void lines.push(line) }
const logger = createLogger({ service: 'test', level: 'info', destination })
let steps: StopSteps
let done: string[]

beforeEach(() => {
  lines.length = 0
  done = []
  steps = new StopSteps(new SystemClock(), logger)
})

afterEach(() => void vi.useRealTimers())

function note(name: string): () => void {
  return () => void done.push(name)
}

describe('stopping', () => {
  it('undoes the start, last step first, and only once', async () => {
    for (const name of ['database', 'consumers', 'http']) steps.add(name, note(name))
    await Promise.all([steps.run(), steps.run()])
    await steps.run()
    expect(done).toEqual(['http', 'consumers', 'database'])
  })

  it('goes on after a step that fails', async () => {
    steps.add('database', note('database'))
    steps.add('relay', () => Promise.reject(new Error('the relay is stuck')))
    await steps.run()
    expect(done).toEqual(['database'])
    expect(lines.join()).toContain('the relay is stuck')
  })

  it('goes on within the limit when a step hangs', async () => {
    vi.useFakeTimers()
    steps.add('database', note('database'))
    steps.add('consumers', () => new Promise(() => undefined))
    const stopping = steps.run()
    await vi.advanceTimersByTimeAsync(stopWithinMs)
    await stopping
    expect(done).toEqual(['database'])
    expect(lines.join()).toContain('"step":"consumers"')
  })
})
