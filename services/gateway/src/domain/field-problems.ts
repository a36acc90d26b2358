/**
 * Turns what zod found into the problems that the admin document shows. Called by AnswerRoute. Pure.
 * Must never be used for a surface whose fields can hold secrets: it repeats what was sent.
 */
import type { AdminProblem } from '@tradewire/contracts/http/admin/words'
import type { FieldIssue } from './invalid-parameters.ts'

export const fieldLocations = ['params', 'query', 'body'] as const
export type FieldLocation = (typeof fieldLocations)[number]
export type FieldProblem = AdminProblem

const problemsMax = 50
/** The document's name for what is wrong with several fields together. */
export const severalFields = '_error'

export function problemsOf(location: FieldLocation, sent: unknown, issues: readonly FieldIssue[]): FieldProblem[] {
  const problems = issues.flatMap(({ path, keys, message }) =>
    keys === undefined
      ? [{ path, msg: message }]
      : keys.map((key) => ({ path: [...path, key], msg: 'is not a known field' })),
  )
  return problems.slice(0, problemsMax).map(({ path, msg }) => {
    const value = valueAt(sent, path)
    return { ...(value === undefined ? {} : { value }), msg, param: nameOf(path), location }
  })
}

function valueAt(sent: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null ? (value as Record<PropertyKey, unknown>)[key] : undefined,
    path.length === 0 ? undefined : sent,
  )
}

/** `takeProfitPrices[1]`. */
function nameOf(path: readonly PropertyKey[]): string {
  if (path.length === 0) return severalFields
  return path
    .map((key, index) => (typeof key === 'number' ? `[${key}]` : `${index === 0 ? '' : '.'}${String(key)}`))
    .join('')
}
