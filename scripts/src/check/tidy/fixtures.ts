/** Reads the fixtures of the tidy rules: texts named good or bad, with the lines where a rule must speak. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { repositoryRoot } from '../repository.ts'

export interface Fixture {
  readonly verdict: 'good' | 'bad'
  readonly path: string
  /** The lines of the expected violations, sorted; 0 means the file. */
  readonly lines: readonly number[]
  readonly text: string
}

const HEADER = /^=== (good|bad) (\S+)(?: ([\d,]+))?$/

export function fixturesOf(rule: string): Fixture[] {
  const path = join(repositoryRoot(), 'scripts/src/check/tidy/fixtures', `${rule}.txt`)
  const fixtures: (Omit<Fixture, 'text'> & { readonly body: string[] })[] = []
  for (const line of readFileSync(path, 'utf8').split('\n')) {
    const header = HEADER.exec(line)
    if (header === null) {
      fixtures.at(-1)?.body.push(line)
      continue
    }
    const [, verdict = '', file = '', lines = ''] = header
    const expected = lines === '' ? [] : lines.split(',').map(Number)
    fixtures.push({ verdict: verdict === 'bad' ? 'bad' : 'good', path: file, lines: expected, body: [] })
  }
  return fixtures.map(({ body, ...fixture }) => ({ ...fixture, text: body.join('\n') }))
}
