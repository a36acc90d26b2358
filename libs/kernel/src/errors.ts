/**
 * The form of every service's error table: a stable code, its kind, what it means and how to mend it.
 * Called by each service's `<service>.errors.ts`; the errors page is generated from these tables.
 * Must never carry secrets: the context of an error is shown to its caller.
 */
export type ErrorKind =
  | 'invalid' // the request is malformed; sending it again changes nothing
  | 'unauthenticated'
  | 'forbidden'
  | 'not-found'
  | 'conflict'
  | 'refused' // understood, but a rule says no
  | 'rate-limited'
  | 'unavailable' // try again later
  | 'unknown' // the outcome is not known yet; never repeat blindly

export interface ErrorDefinition {
  readonly kind: ErrorKind
  /** What happened, in one sentence that a follower understands. */
  readonly message: string
  /** What to do about it. */
  readonly fix: string
}

export type ErrorContext = Readonly<Record<string, string | number | boolean | null | readonly string[]>>

export interface CodedError<Code extends string = string> {
  readonly code: Code
  readonly kind: ErrorKind
  readonly message: string
  /** Absent where another release of a service answered. */
  readonly fix?: string | undefined
  readonly context: ErrorContext
}

export interface ErrorTable<Code extends string = string> {
  readonly owner: string
  readonly definitions: Readonly<Record<Code, ErrorDefinition>>
  /** Makes the error value of a code. */
  of(code: Code, context?: ErrorContext): CodedError<Code>
}

/** Declares the closed error table of one owner (a service or a lib). Codes are UPPER_SNAKE and stable for ever. */
export function defineErrors<const Definitions extends Record<string, ErrorDefinition>>(
  owner: string,
  definitions: Definitions,
): ErrorTable<keyof Definitions & string> {
  return {
    owner,
    definitions,
    of(code, context = {}) {
      const definition = definitions[code]
      if (definition === undefined) throw new Error(`${owner} declares no error ${code}`)
      return { code, kind: definition.kind, message: definition.message, fix: definition.fix, context }
    },
  }
}

/** What happened and what to do about it, as callers of the API read it. */
export function causeAndFix({ message, fix }: Pick<CodedError, 'message' | 'fix'>): string {
  return fix === undefined ? message : `${message} ${fix}`
}

/** Code kind -> HTTP status: the one place where it is mapped. */
export const httpStatusOf: Readonly<Record<ErrorKind, number>> = {
  invalid: 400,
  unauthenticated: 401,
  forbidden: 403,
  'not-found': 404,
  conflict: 409,
  refused: 422,
  'rate-limited': 429,
  unavailable: 503,
  unknown: 503,
}
