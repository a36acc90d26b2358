import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const buildLimitMs = 120_000
const yearLimitMs = 600_000
const killedSeeds = [1, 2, 3]

interface Books {
  readonly payments: number
  readonly refunds: number
  readonly disputes: number
  readonly ledgerImbalance: string
  readonly mismatches: number
  readonly kills: number
}

const run = (script: string, args: readonly string[]) =>
  promisify(execFile)(process.execPath, ['--no-warnings', join(root, script), ...args], { cwd: root })

/** As `./tradewire sim billing` does. Rejects when the books and the providers disagree. */
async function simulated(...args: readonly string[]): Promise<Books> {
  const { stdout } = await run('simulator/dist/main.js', ['billing', ...args, '--json'])
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Books
}

beforeAll(() => run('node_modules/ts7/bin/tsc', ['-b', join(root, 'simulator')]), buildLimitMs)

describe('billing', () => {
  it.each(killedSeeds)(
    'says what every provider says when its process is killed again and again, in the world of seed %i',
    async (seed) => {
      const books = await simulated('--subscribers', '30', '--months', '2', '--kills', '6', '--seed', String(seed))
      expect(books).toMatchObject({ ledgerImbalance: '0', mismatches: 0, kills: 6 })
      expect(books.payments).toBeGreaterThan(30)
    },
    yearLimitMs,
  )
})
