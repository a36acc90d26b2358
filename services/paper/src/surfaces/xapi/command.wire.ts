/**
 * What a command of the main connection is: its arguments, its answer, what fault switches take it for.
 * Called by the connection, which runs them, and by the tables of commands. Must never know how a reply travels.
 */
import { err, ok, type Result } from '@tradewire/kernel/result'
import { z } from 'zod'
import type { Amount } from '#domain/amount'
import type { FaultBoard, Operation } from '#domain/protocol/faults'
import { findMarket, type Account, type Market } from '#domain/state'
import type { RunningVenue } from '#ports/running-venue.port'
import type { Transactions } from './transactions.wire.ts'
import { amountOf, WireNumber } from './values.wire.ts'
import { xapiError, type XapiError } from './xapi-error.wire.ts'

export const venueName = 'xapi'

export interface Call {
  readonly venue: RunningVenue
  readonly faults: FaultBoard
  readonly transactions: Transactions
  readonly account: Account
  readonly arguments: unknown
  readonly now: number
}

/** `returnData`, or nothing where a command only has a status. */
export type Answer = Result<unknown, XapiError>

export interface Command {
  readonly operation: (call: Call) => Operation
  readonly answer: (call: Call) => Answer
}

/** A command that reads; a form that does not fit is answered with `EX000`. */
export function reading<Schema extends z.ZodType>(
  schema: Schema,
  answer: (call: Call, given: z.output<Schema>) => Answer,
): Command {
  return {
    operation: () => 'read',
    answer: (call) => {
      const parsed = schema.safeParse(call.arguments)
      return parsed.success ? answer(call, parsed.data) : err(xapiError('EX000'))
    },
  }
}

/** A whole number, such as a time or an order. */
export const wholeNumber = z
  .instanceof(WireNumber)
  .transform(({ text }) => Number(text))
  .pipe(z.int())

export const wireAmount = z.instanceof(WireNumber).transform(({ text }, context): Amount => {
  const value = amountOf(text)
  if (value !== undefined) return value
  context.addIssue({ code: 'custom', message: 'no amount' })
  return z.NEVER
})

export const symbolArguments = z.object({ symbol: z.string().max(64) })
export const nothing = z.unknown()

/** The market of one of the venue's own names. */
export function marketNamed({ venue }: Pick<Call, 'venue'>, name: string): Result<Market, XapiError> {
  const market = findMarket(venue.state, venueName, name)
  return market === undefined ? err(xapiError('BE115')) : ok(market)
}
