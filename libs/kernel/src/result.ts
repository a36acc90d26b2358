/**
 * Expected failures as values. Every use case returns a Result; an exception is a bug.
 * Called by every package. Must never be used to hide an exception.
 */
export type Result<Value, Failure> = Ok<Value> | Err<Failure>

export interface Ok<Value> {
  readonly ok: true
  readonly value: Value
}

export interface Err<Failure> {
  readonly ok: false
  readonly error: Failure
}

export function ok(): Ok<undefined>
export function ok<Value>(value: Value): Ok<Value>
export function ok<Value>(value?: Value): Ok<Value | undefined> {
  return { ok: true, value }
}

export function err<Failure>(error: Failure): Err<Failure> {
  return { ok: false, error }
}

/** For switches that must stay exhaustive: the compiler refuses an unhandled member. */
export function unreachable(value: never): never {
  throw new Error(`unreachable case: ${JSON.stringify(value)}`)
}
