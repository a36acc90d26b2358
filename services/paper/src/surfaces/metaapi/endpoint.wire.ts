/**
 * What one endpoint of the protocol is, and what it is given. Called by the server and by every endpoint.
 * Must never hold an answer.
 */
import { formatAmount, parseAmount, type Amount } from '#domain/amount'
import type { CloudAccount } from '#domain/accounts/cloud-account'
import type { FaultBoard, Operation } from '#domain/protocol/faults'
import { findMarket, type Account, type Market } from '#domain/state'
import type { RunningVenue } from '#ports/running-venue.port'
import { numberOf } from '@tradewire/kernel/exact-json'
import { err, ok, type Result } from '@tradewire/kernel/result'
import type { z } from 'zod'
import { metaapiError, validationError, type MetaapiError } from './metaapi-error.wire.ts'
import { venueName } from './token.wire.ts'

export interface Success {
  readonly status: number
  readonly body: unknown
  readonly headers?: Readonly<Record<string, string>>
}

export type Answer = Result<Success, MetaapiError>

/** How long the venue takes for what takes time. */
export interface Delays {
  readonly detectionMs: number
  readonly deploymentMs: number
}

export interface UserCall {
  readonly venue: RunningVenue
  readonly faults: FaultBoard
  readonly delays: Delays
  readonly now: number
  /** Whose token came with the call. */
  readonly owner: Account
  readonly parameters: Readonly<Record<string, string>>
  readonly query: Readonly<Record<string, string | undefined>>
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: unknown
}

/** A call about one account whose terminal is up. */
export interface TerminalCall extends UserCall {
  readonly cloud: CloudAccount
  readonly account: Account
}

interface EndpointBase {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly path: string
  /** What fault switches see; read when left out. */
  readonly operation?: (body: unknown) => Operation
  /** CPU credits. */
  readonly cost: number
}

export type Endpoint =
  | (EndpointBase & { readonly access: 'user'; readonly answer: (call: UserCall) => Answer })
  | (EndpointBase & { readonly access: 'terminal'; readonly answer: (call: TerminalCall) => Answer })

export function answered(body: unknown): Answer {
  return ok({ status: 200, body })
}

export const noContent: Answer = ok({ status: 204, body: null })

export function parse<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
): Result<z.output<Schema>, MetaapiError> {
  const parsed = schema.safeParse(value)
  return parsed.success ? ok(parsed.data) : err(validationError(parsed.error))
}

export function marketNamed({ venue }: UserCall, name: string): Result<Market, MetaapiError> {
  const market = findMarket(venue.state, venueName, name)
  if (market?.instrument.venueSymbol === name) return ok(market)
  return err(metaapiError('NotFoundError', `Specified symbol ${name} is unknown`))
}

/** An amount as a JSON number with exactly its digits. */
export function exact(value: Amount): unknown {
  return numberOf(formatAmount(value))
}

const wireDecimals = 8

/** What a client wrote as a number; binary noise behind the eighth decimal is rounded off. */
export function amountOf(value: number): Amount | undefined {
  return parseAmount(value.toFixed(wireDecimals))
}

const brokerZoneMs = 10_800_000

/** Times come twice: in UTC, and by the broker's clock, which is three hours ahead and names no zone. */
export function timesOf(at: number): { readonly time: string; readonly brokerTime: string } {
  return { time: new Date(at).toISOString(), brokerTime: brokerTimeOf(at) }
}

export function brokerTimeOf(at: number): string {
  return new Date(at + brokerZoneMs).toISOString().replace('T', ' ').replace('Z', '')
}
