import { ManualClock } from '@tradewire/testkit/manual-clock'
import { describe, expect, it } from 'vitest'
import type { BracketPage } from '../../ports/brackets.port.ts'
import { WakeBrackets } from './wake-brackets.use-case.ts'

const batchRows = 200
const idOf = (number: number): string => `bracket-${String(number).padStart(3, '0')}`

describe('what was left to end with its strategy, which has turned', () => {
  it('ends also behind so many that cannot be moved as one turn takes', async () => {
    const turned = new Set(Array.from({ length: batchRows + 1 }, (_, number) => idOf(number)))
    const last = idOf(batchRows)
    const brackets = {
      dueIds: () => Promise.resolve([]),
      turnedIds: ({ after, limit }: BracketPage) =>
        Promise.resolve([...turned].filter((id) => after === null || id > after).slice(0, limit)),
    }
    const advance = {
      execute(newsById: ReadonlyMap<string, unknown>) {
        if (newsById.has(last)) turned.delete(last)
        const stuck = [...newsById.keys()].filter((bracketId) => bracketId !== last)
        return Promise.resolve({
          moved: [],
          failed: stuck.map((bracketId) => ({ bracketId, error: new Error('stuck') })),
        })
      },
    }
    const wake = new WakeBrackets(undefined as never, brackets as never, new ManualClock(), advance as never)
    await expect(wake.execute()).rejects.toThrow('not all that has turned is closed')
    expect(turned).toContain(last)
    await wake.execute()
    expect(turned).not.toContain(last)
    await expect(wake.execute()).rejects.toThrow('not all that has turned is closed')
  })
})
