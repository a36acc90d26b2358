/**
 * How a result goes back: within the envelope of version 2, bare in version 1. Called by the server.
 * Must never answer a handled failure of version 2 with anything but HTTP 200.
 */
import type { Result } from '@tradewire/kernel/result'
import type { z } from 'zod'

/** What the manager's interface to the trade server says, of its many codes those that are told here. */
export type ManagerCode =
  | 'InvalidData'
  | 'NotEnoughRights'
  | 'AccountDisabled'
  | 'BadAccountInfo'
  | 'TradeBadPrices'
  | 'TradeBadStops'
  | 'TradeBadVolume'
  | 'TradeDisable'
  | 'TradeNoMoney'
  | 'TradeRequote'
  | 'TradeExpirationDenied'
  | 'TradeTooManyOrders'

export interface Failure {
  readonly code: 'Validation' | 'MT4Error' | 'NotFound' | 'Forbidden'
  readonly managerCode: ManagerCode | null
  readonly message: string
}

/** Whole lists may be long: only the page that is asked for is made. */
export interface Listed {
  readonly count: number
  readonly page: (from: number, to: number) => readonly unknown[]
}

export type Answer = Result<{ readonly data: unknown } | { readonly list: Listed }, Failure>

export function invalid(message: string): Failure {
  return { code: 'Validation', managerCode: null, message }
}

export function notFound(message: string): Failure {
  return { code: 'NotFound', managerCode: null, message }
}

export function managerError(managerCode: ManagerCode, message: string = managerCode): Failure {
  return { code: 'MT4Error', managerCode, message }
}

export function validationError(error: z.ZodError): Failure {
  const [issue] = error.issues
  return invalid(issue === undefined ? 'the request is not valid' : `${issue.path.join('.')}: ${issue.message}`)
}

export interface Page {
  readonly limit: number | undefined
  readonly from: number
}

/** Version 2. `paged`: the list takes `limit` and `cursor`. */
export function envelopeOf(answer: Answer, activityId: string, paged: Page | undefined): object {
  if (!answer.ok) return { data: null, error: answer.error, meta: { activityId } }
  if ('data' in answer.value) return { data: answer.value.data, error: null, meta: { activityId } }
  const { list } = answer.value
  if (paged === undefined) return { data: list.page(0, list.count), error: null, meta: { activityId } }
  const to = Math.min(list.count, paged.from + (paged.limit ?? list.count))
  const hasMore = to < list.count
  const paging = { nextCursor: hasMore ? cursorOf(to) : null, hasMore }
  return { data: list.page(paged.from, to), error: null, meta: { activityId, paging } }
}

export function cursorOf(from: number): string {
  return Buffer.from(`from:${from}`).toString('base64url')
}

/** Undefined for text that is no cursor of ours. */
export function fromOf(cursor: string): number | undefined {
  const from = /^from:(\d{1,9})$/.exec(Buffer.from(cursor, 'base64url').toString())?.[1]
  return from === undefined ? undefined : Number(from)
}

const statusOf = { Validation: 400, Forbidden: 403, NotFound: 404, MT4Error: 400 } as const

/** Version 1: the result itself, or a failure as status and words. */
export function bareOf(answer: Answer, requestId: string, wrapped: boolean): { status: number; body: unknown } {
  if (answer.ok) {
    if ('data' in answer.value) return { status: 200, body: answer.value.data }
    const { list } = answer.value
    const items = list.page(0, list.count)
    return { status: 200, body: wrapped ? { value: items } : items }
  }
  const { code, managerCode, message } = answer.error
  const body = {
    ErrorType: managerCode === null ? 'WebApi' : 'ManagerApi',
    ErrorCode: managerCode ?? code,
    ErrorDescription: message,
    RequestId: requestId,
  }
  return { status: statusOf[code], body }
}
