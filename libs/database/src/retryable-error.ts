/**
 * Failures that may pass if the same work is done again later.
 * Thrown by the database and by consumers' handlers; the bus turns them into a delayed redelivery.
 * Must never be thrown for bad input: trying again would change nothing.
 */
export class RetryableError extends Error {
  override readonly name: string = 'RetryableError'
}

/** A deadlock, a serialization failure or a timeout: the transaction is undone and may be run again. */
export class TransactionConflictError extends RetryableError {
  override readonly name = 'TransactionConflictError'
  /** The SQLSTATE. */
  readonly code: string

  constructor(code: string, cause: unknown) {
    super(`the transaction was undone (${code})`, { cause })
    this.code = code
  }
}

/**
 * PostgreSQL cannot be reached, is shutting down, or the connection broke. When it broke during COMMIT the
 * transaction may stand: only work that is idempotent may be repeated.
 */
export class DatabaseUnavailableError extends RetryableError {
  override readonly name = 'DatabaseUnavailableError'

  constructor(cause: unknown) {
    super('PostgreSQL is not available', { cause })
  }
}

/** serialization_failure, deadlock_detected, lock_not_available, query_canceled (statement timeout). */
const conflictStates = new Set(['40001', '40P01', '55P03', '57014'])
/** Shutdown, crash, start-up, idle-in-transaction timeout. */
const unavailableStates = new Set(['57P01', '57P02', '57P03', '25P03', '25P04'])
/** Connection exceptions, insufficient resources (disk, memory, connections), errors of the machine. */
const unavailableClasses = new Set(['08', '53', '58'])
const systemCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EHOSTUNREACH',
  'EAI_AGAIN',
])
/** pg reports these without a code. */
const unavailableMessages =
  /Connection terminated|Query read timeout|timeout exceeded when trying to connect|Client has encountered a connection error|not queryable/i

/** The error to surface for a driver's error: retryable types where it is one, else the error as it was. */
export function classifyDatabaseError(error: unknown): unknown {
  if (error instanceof RetryableError || !(error instanceof Error)) return error
  const code = (error as { readonly code?: unknown }).code
  if (typeof code === 'string') {
    if (conflictStates.has(code)) return new TransactionConflictError(code, error)
    if (unavailableStates.has(code) || isUnavailableClass(code) || systemCodes.has(code)) {
      return new DatabaseUnavailableError(error)
    }
    return error
  }
  return unavailableMessages.test(error.message) ? new DatabaseUnavailableError(error) : error
}

/** Only SQLSTATEs have classes: system codes such as ECONNREFUSED are longer. */
function isUnavailableClass(code: string): boolean {
  return code.length === 5 && unavailableClasses.has(code.slice(0, 2))
}
