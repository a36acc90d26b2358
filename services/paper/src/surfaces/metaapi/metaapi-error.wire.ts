/**
 * What the protocol answers instead of a success: HTTP status, error name, message, details, metadata.
 * Called by all parts of the protocol. Must never carry a password or a token.
 */
import type { z } from 'zod'

const statusOf = {
  ValidationError: 400,
  UnauthorizedError: 401,
  ForbiddenError: 403,
  NotFoundError: 404,
  ConflictError: 409,
  TooManyRequestsError: 429,
  InternalError: 500,
  TimeoutError: 504,
} as const

export interface MetaapiError {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: {
    readonly id: number
    readonly error: keyof typeof statusOf
    readonly message: string
    readonly details?: unknown
    readonly metadata?: unknown
  }
}

const secondMs = 1_000
const detailsMax = 20

export function metaapiError(error: keyof typeof statusOf, message: string, details?: unknown): MetaapiError {
  const body = { id: 1, error, message, ...(details === undefined ? {} : { details }) }
  return { status: statusOf[error], headers: {}, body }
}

/** The parameters that a request got wrong; never their values where they could be secret. */
export function validationError(error: z.ZodError): MetaapiError {
  const details = error.issues.slice(0, detailsMax).map(({ path, message }) => ({ parameter: path.join('.'), message }))
  return metaapiError('ValidationError', 'Validation failed', details)
}

/** `now` in ms; the time of the next try stands in the metadata and, in seconds, in a header. */
export function tooManyRequests(now: number, retryAfterMs: number, method: string): MetaapiError {
  const message = 'You have used all your CPU credits. Please try again later.'
  const metadata = {
    periodInSeconds: 1,
    creditsAvailable: 0,
    recommendedRetryTime: new Date(now + retryAfterMs).toISOString(),
    method,
  }
  return {
    status: statusOf.TooManyRequestsError,
    headers: { 'retry-after': String(Math.ceil(retryAfterMs / secondMs)) },
    body: { id: 1, error: 'TooManyRequestsError', message, metadata },
  }
}
