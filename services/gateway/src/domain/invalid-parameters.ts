/** Turns what zod found into `{field: [messages]}`. Called by AnswerRoute. Must never repeat a value that was sent. */

/** As much of zod's issue as is shown. */
export interface FieldIssue {
  readonly path: readonly PropertyKey[]
  readonly message: string
  /** Of an issue about unknown fields: their names. */
  readonly keys?: readonly string[]
}

const fieldsMax = 50

/** The name for what is wrong with the whole and not with one field. */
const wholeBody = 'body'

export function detailsOf(issues: readonly FieldIssue[]): Record<string, readonly string[]> {
  const details = new Map<string, string[]>()
  for (const issue of issues.slice(0, fieldsMax)) {
    for (const { field, message } of namedIssues(issue)) {
      const messages = details.get(field) ?? []
      if (!messages.includes(message)) messages.push(message)
      details.set(field, messages)
    }
  }
  return Object.fromEntries(details)
}

/** An unknown field is an issue of the object that holds it; here it is named by itself. */
function namedIssues(issue: FieldIssue): readonly { readonly field: string; readonly message: string }[] {
  const path = issue.path.map(String)
  if (issue.keys !== undefined) {
    return issue.keys.map((key) => ({ field: [...path, key].join('.'), message: 'is not a known field' }))
  }
  return [{ field: path.length === 0 ? wholeBody : path.join('.'), message: issue.message }]
}
