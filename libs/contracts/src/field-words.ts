/**
 * What is wrong with a field of a request, in the words of the alert document: "must be given", "must be at most 200".
 * Handed to zod wherever a request over HTTP is read; what a schema says itself goes first. Pure. Must never repeat
 * what was sent.
 */
import type { z } from 'zod'

type Issue = z.core.$ZodRawIssue
type IssueOf<Code extends Issue['code']> = Extract<Issue, { readonly code: Code }>

const absent = 'must be given'

const typeWords: Readonly<Record<string, string>> = {
  string: 'must be text',
  number: 'must be a number',
  int: 'must be a whole number',
  boolean: 'must be true or false',
  array: 'must be a list',
  object: 'must be an object',
  record: 'must be an object',
  null: 'must be null',
}

const formatWords: Readonly<Record<string, string>> = {
  uuid: 'must be UUID',
  email: 'must be an e-mail address',
  url: 'must be a URL',
  datetime: 'must be a UTC time such as 2022-06-01T12:00:00.000Z',
  date: 'must be a date such as 2022-06-01',
  base64: 'must be base64',
  base64url: 'must be base64url',
}

/** For `safeParse(value, { error: fieldWords })`. Undefined leaves zod's own message. */
export function fieldWords(issue: Issue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined ? absent : (typeWords[issue.expected] ?? 'has not the right type')
    case 'invalid_value':
      return issue.input === undefined ? absent : choiceWords(issue.values)
    case 'invalid_union':
      return issue.input === undefined ? absent : 'has none of the forms that are possible here'
    case 'invalid_format':
      return formatWords[issue.format] ?? 'has not the right form'
    case 'too_small':
      return smallWords(issue)
    case 'too_big':
      return bigWords(issue)
    case 'not_multiple_of':
      return `must be a multiple of ${issue.divisor}`
    case 'custom':
    case 'invalid_key':
    case 'invalid_element':
      return 'is not valid'
    default:
      return undefined
  }
}

function choiceWords(values: readonly unknown[]): string {
  const words = values.map(String)
  return words.length === 1 ? `must be ${words[0]}` : `must be one of ${words.join(', ')}`
}

function smallWords({ origin, minimum, inclusive = true }: IssueOf<'too_small'>): string {
  const unit = unitOf(origin, minimum)
  if (unit === undefined) return inclusive ? `must be at least ${minimum}` : `must be greater than ${minimum}`
  return minimum === 1 ? 'must not be empty' : `must have at least ${minimum} ${unit}`
}

function bigWords({ origin, maximum, inclusive = true }: IssueOf<'too_big'>): string {
  const unit = unitOf(origin, maximum)
  if (unit === undefined) return inclusive ? `must be at most ${maximum}` : `must be less than ${maximum}`
  return `must have at most ${maximum} ${unit}`
}

/** Of what is counted in; undefined for numbers. */
function unitOf(origin: string, count: number | bigint): string | undefined {
  if (origin === 'string') return count === 1 ? 'character' : 'characters'
  if (origin === 'array' || origin === 'set' || origin === 'map') return count === 1 ? 'entry' : 'entries'
  return undefined
}
