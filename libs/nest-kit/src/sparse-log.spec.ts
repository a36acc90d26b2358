import { expect, it } from 'vitest'
import { SparseLog } from '#sparse-log'

it('says one error a second, and how many it has left out', () => {
  let nowMs = 0
  const lines: unknown[] = []
  const log = new SparseLog({ error: (...line: unknown[]) => void lines.push(line) }, { monotonicMs: () => nowMs })
  for (const error of ['first', 'second', 'third']) log.error(error, 'failed')
  nowMs += 1_000
  log.error('fourth', 'failed')
  nowMs += 5_000
  log.error('fifth', 'failed', { bracketId: 'b' })
  expect(lines).toEqual([
    [{ error: 'first', unsaid: 0 }, 'failed'],
    [{ error: 'fourth', unsaid: 2 }, 'failed'],
    [{ bracketId: 'b', error: 'fifth', unsaid: 0 }, 'failed'],
  ])
})
