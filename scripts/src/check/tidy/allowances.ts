/**
 * An exception carries its reason where it stands: `// tidy-allow <rule>: <reason>` on the line, or on the one above.
 * Called by the tidy runner. A file-wide finding is allowed by the same comment in the file's first lines.
 */
import { commentsOf, lineOf, type Source } from './source.ts'

const ALLOW = /tidy-allow ([a-z-]+): (.+)/i
const reasonCharactersMin = 12
const headLines = 12

export interface Allowance {
  readonly line: number
  readonly rule: string
  readonly reason: string
}

export function allowancesOf(source: Source): Allowance[] {
  return commentsOf(source).flatMap((range) => {
    const match = ALLOW.exec(source.text.slice(range.pos, range.end).replace(/\*\/$/, ''))
    if (match === null) return []
    const [, rule = '', reason = ''] = match
    return [{ line: lineOf(source, range.end), rule, reason: reason.trim() }]
  })
}

export function covers(allowance: Allowance, rule: string, line: number): boolean {
  if (allowance.rule !== rule || allowance.reason.length < reasonCharactersMin) return false
  if (line <= 1) return allowance.line <= headLines
  return allowance.line === line || allowance.line === line - 1
}
