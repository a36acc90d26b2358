/**
 * The tests with one source file replaced in memory, so that a mistake can be planted without touching a file.
 * Called by `pnpm mutation` with the replacement in TRADEWIRE_MUTANT. Must never share a cache with the real tests.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { defineConfig } from 'vitest/config'
import tests from './vitest.config.ts'

interface Mutant {
  /** Absolute. */
  readonly file: string
  readonly source: string
  /** Written when a test has loaded the file. */
  readonly seen: string
}

const mutant = JSON.parse(readFileSync(process.env['TRADEWIRE_MUTANT'] ?? '', 'utf8')) as Mutant

const plugin = {
  name: 'planted-mistake',
  enforce: 'pre' as const,
  load(id: string) {
    if (id !== mutant.file) return undefined
    writeFileSync(mutant.seen, '')
    return mutant.source
  },
}

export default defineConfig({
  ...tests,
  plugins: [...(tests.plugins ?? []), plugin],
  test: { ...tests.test, fsModuleCache: false },
})
