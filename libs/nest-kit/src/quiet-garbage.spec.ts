import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { collectionFor } from './quiet-garbage.ts'

const megabyte = 1_024 * 1_024

/** Makes garbage in a process that has room for it, and ends at the first collection that was asked for. */
const program = `
import { constants, PerformanceObserver } from 'node:perf_hooks'
import { collectWhileQuiet } from '${new URL('quiet-garbage.ts', import.meta.url).href}'
new PerformanceObserver((list) => {
  for (const { detail } of list.getEntries()) {
    const wasYoung = detail.kind === constants.NODE_PERFORMANCE_GC_MINOR
    if (wasYoung && detail.flags === constants.NODE_PERFORMANCE_GC_FLAGS_FORCED) process.exit(0)
  }
}).observe({ entryTypes: ['gc'] })
collectWhileQuiet({ ofStart: false })
setInterval(() => Array.from({ length: 20_000 }, (_, number) => ({ number })), 20)
`

describe('garbage of a process', () => {
  it.each([
    ['all that the start has left behind, first', { utilization: 0.1, youngBytes: 0, startIsLeft: true }, 'all'],
    ['nothing while there is work', { utilization: 0.3, youngBytes: 60 * megabyte, startIsLeft: false }, 'none'],
    [
      'nothing of the start either, while there is work',
      { utilization: 0.3, youngBytes: 0, startIsLeft: true },
      'none',
    ],
    ['young objects once nobody waits', { utilization: 0.25, youngBytes: 8 * megabyte, startIsLeft: false }, 'young'],
    ['nothing where there is little', { utilization: 0, youngBytes: 7 * megabyte, startIsLeft: false }, 'none'],
  ] as const)('is collected: %s', (_, seen, collection) => {
    expect(collectionFor(seen)).toBe(collection)
  })

  it('is collected by V8 once enough of it has gathered', async () => {
    const flags = ['--min-semi-space-size=64', '--max-semi-space-size=64']
    await promisify(execFile)(process.execPath, [...flags, '--input-type=module', '--eval', program], {
      timeout: 20_000,
    })
  }, 30_000)
})
