/**
 * Finds text that no service could store: PostgreSQL has no character U+0000. Called by AnswerRoute, once for all routes.
 * Pure; must never change what was sent.
 */
import type { FieldIssue } from './invalid-parameters.ts'

const message = 'must not contain the character U+0000'

export function storableIssues(value: unknown, path: readonly PropertyKey[] = []): FieldIssue[] {
  if (typeof value === 'string') return value.includes('\0') ? [{ path, message }] : []
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, item]) => [
    ...storableIssues(key, path),
    ...storableIssues(item, [...path, key]),
  ])
}
