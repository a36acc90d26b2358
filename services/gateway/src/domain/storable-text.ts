/**
 * Finds text that no service could store: PostgreSQL has no character U+0000, and half a surrogate pair has no UTF-8.
 * Called by AnswerRoute, once for all routes. Pure; must never change what was sent.
 */
import type { FieldIssue } from './invalid-parameters.ts'

export function storableIssues(value: unknown, path: readonly PropertyKey[] = []): FieldIssue[] {
  if (typeof value === 'string') return faultsOf(value).map((message) => ({ path, message }))
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, item]) => [
    ...storableIssues(key, path),
    ...storableIssues(item, [...path, key]),
  ])
}

function faultsOf(text: string): string[] {
  if (text.includes('\0')) return ['must not contain the character U+0000']
  return text.isWellFormed() ? [] : ['must not contain half of a surrogate pair']
}
