/**
 * Which licences a dependency may have. Called by the licence command and its spec.
 * Must never guess: a package whose licence cannot be read is refused.
 */
import type { Finding } from '../finding.ts'

/** Permissive licences that ask for no more than their notice. */
const ALLOWED = new Set([
  'MIT',
  'MIT-0',
  'ISC',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  '0BSD',
  'BlueOak-1.0.0',
  'CC0-1.0',
  'Unlicense',
  'Zlib',
  'Python-2.0',
  'PostgreSQL',
  'WTFPL',
])

/** Packages outside the list, by name, each with the reason why it may stay. */
export const EXCEPTIONS: Readonly<Record<string, string>> = {
  lightningcss: 'MPL-2.0; comes with the test runner, is never shipped and never changed by us',
  'caniuse-lite': 'CC-BY-4.0; browser support data of build tools, never shipped',
  'png-js': 'MIT by its LICENSE file, which its package.json forgets to name; comes with pdfkit',
  'axe-core': 'MPL-2.0; used by accessibility tests only',
}

export interface InstalledPackage {
  readonly name: string
  readonly version: string
  /** What its package.json says; undefined when it says nothing. */
  readonly licence: string | undefined
}

/** True if the SPDX expression can be satisfied with allowed licences only. Handles AND, OR and brackets. */
export function isAllowed(expression: string): boolean {
  const text = stripBrackets(expression.trim())
  const either = splitTopLevel(text, ' OR ')
  if (either.length > 1) return either.some(isAllowed)
  const both = splitTopLevel(text, ' AND ')
  if (both.length > 1) return both.every(isAllowed)
  return ALLOWED.has(text)
}

function stripBrackets(text: string): string {
  if (!text.startsWith('(') || !text.endsWith(')')) return text
  let depth = 0
  for (let index = 0; index < text.length; index += 1) {
    if (text[index] === '(') depth += 1
    if (text[index] === ')') depth -= 1
    if (depth === 0 && index < text.length - 1) return text
  }
  return text.slice(1, -1).trim()
}

function splitTopLevel(text: string, separator: string): string[] {
  const parts: string[] = []
  let depth = 0
  let start = 0
  for (let index = 0; index < text.length; index += 1) {
    if (text[index] === '(') depth += 1
    if (text[index] === ')') depth -= 1
    if (depth === 0 && text.startsWith(separator, index)) {
      parts.push(text.slice(start, index))
      start = index + separator.length
    }
  }
  return [...parts, text.slice(start)]
}

/** `lightningcss-linux-x64-gnu` is a build of `lightningcss` for one platform. */
function exceptionOf(name: string): string | undefined {
  const base = name.replace(/-(linux|darwin|win32|freebsd|android|openbsd)(-[a-z0-9]+)*$/, '')
  return EXCEPTIONS[name] ?? EXCEPTIONS[base]
}

export function judgeLicence({ name, version, licence }: InstalledPackage): Finding | undefined {
  if (exceptionOf(name) !== undefined) return undefined
  if (licence !== undefined && isAllowed(licence)) return undefined
  return {
    path: 'pnpm-lock.yaml',
    line: 0,
    rule: 'licence',
    message: `${name}@${version}: ${licence ?? 'no licence in its package.json'}`,
    mend: 'use another package, or name it with the reason in scripts/src/check/licences/licence-gate.ts',
  }
}
