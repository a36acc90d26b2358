/** Answers of Stripe's API, and its refusals in its own words. Called by its API. Must never answer 404 for a parameter: only for a path. */
import type { CardError, PaymentIntent } from './stripe-objects.wire.ts'

export interface StripeAnswer {
  readonly status: number
  readonly body: unknown
}

export function ok(body: unknown): StripeAnswer {
  return { status: 200, body }
}

export function failure(status: number, type: string, message: string, more: object = {}): StripeAnswer {
  return { status, body: { error: { type, message, ...more } } }
}

export function refused(message: string, more: object = {}): StripeAnswer {
  return failure(400, 'invalid_request_error', message, more)
}

/** What a path names. */
export function found(body: unknown): StripeAnswer {
  const missing = failure(404, 'invalid_request_error', 'No such object', { code: 'resource_missing' })
  return body === undefined ? missing : ok(body)
}

/** What a parameter names. */
export function missing(what: string, id: string, param: string): StripeAnswer {
  return refused(`No such ${what}: '${id}'`, { code: 'resource_missing', param })
}

export function list(data: readonly unknown[], hasMore = false): StripeAnswer {
  return ok({ object: 'list', data, has_more: hasMore, url: '/v1' })
}

export function declined(error: CardError, intent: PaymentIntent): StripeAnswer {
  return { status: 402, body: { error: { ...error, payment_intent: intent } } }
}
