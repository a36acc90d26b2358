import { describe, expect, it } from 'vitest'
import { type ProgressEvent, runStep } from './progress.ts'

describe('a step', () => {
  it('is reported from its start over its notes to its end', async () => {
    const events: ProgressEvent[] = []
    const value = await runStep(
      (event) => events.push(event),
      'Bake',
      async (step) => {
        step.note('warming up')
        return { value: 7, detail: 'done' }
      },
    )
    expect(value).toBe(7)
    expect(events.map(({ kind }) => kind)).toEqual(['started', 'note', 'done'])
  })

  it('is reported as failed and passes its error on', async () => {
    const kinds: string[] = []
    const step = runStep(
      (event) => kinds.push(event.kind),
      'Bake',
      () => Promise.reject(new Error('no flour')),
    )
    await expect(step).rejects.toThrow('no flour')
    expect(kinds).toEqual(['started', 'failed'])
  })
})
