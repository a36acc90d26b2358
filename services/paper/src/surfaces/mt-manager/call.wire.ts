/**
 * What one operation of the protocol is, and what it is given. Called by the server and by every operation.
 * Must never hold an answer.
 */
import { formatAmount, parseAmount, type Amount } from '#domain/amount'
import type { PlatformKind } from '#domain/accounts/account-keys'
import type { FaultBoard, Operation as FaultOperation } from '#domain/protocol/faults'
import type { ManagedUser } from '#domain/accounts/managed-user'
import { listedAs, type Account, type Market } from '#domain/state'
import type { RunningVenue } from '#ports/running-venue.port'
import { numberOf } from '@tradewire/kernel/exact-json'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { z } from 'zod'
import { invalid, managerError, notFound, validationError, type Answer, type Failure } from './envelope.wire.ts'
import { venueName } from './token.wire.ts'

export interface ManagerCall {
  readonly venue: RunningVenue
  readonly faults: FaultBoard
  readonly now: number
  /** Whose client it is. */
  readonly owner: Account
  readonly version: 1 | 2
  readonly parameters: Readonly<Record<string, string>>
  readonly query: URLSearchParams
  readonly body: unknown
  /** Reads of the gateway's own memory do not show yet what is younger. */
  readonly pumpLagMs: number
}

export interface ManagerOperation {
  readonly method: 'GET' | 'POST' | 'PATCH'
  readonly kind: PlatformKind
  /** Behind the platform: UserRecordGet/{login}. */
  readonly path: string
  /** Only version 2 when left out. */
  readonly versions?: readonly (1 | 2)[]
  /** The list takes `limit` and `cursor`. */
  readonly paged?: true
  /** What fault switches see; read when left out. */
  readonly fault?: (body: unknown) => FaultOperation
  readonly answer: (call: ManagerCall) => Answer
}

export function answered(data: unknown): Answer {
  return ok({ data })
}

export function listed<Item>(items: readonly Item[], view: (item: Item) => unknown): Answer {
  return ok({ list: { count: items.length, page: (from, to) => items.slice(from, to).map(view) } })
}

export function parse<Schema extends z.ZodType>(schema: Schema, value: unknown): Result<z.output<Schema>, Failure> {
  const parsed = schema.safeParse(value)
  return parsed.success ? ok(parsed.data) : err(validationError(parsed.error))
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

export function timeText(at: number): string {
  return new Date(at).toISOString()
}

/** Of the trade server, in hours: most brokers keep the time of New York's close. */
export const serverZoneHours = 3
const hourMs = 3_600_000

/** What happens at the trade server has the time of its zone, which it does not name; zero is no time. */
export function serverTimeText(at: number): string {
  return at === 0 ? timeText(0) : timeText(at + serverZoneHours * hourMs).slice(0, -1)
}

const int32 = /^\d{1,10}$/
const int32Max = 2_147_483_647

/** A whole number above zero, as paths and queries have them. */
export function wholeOf(text: string | undefined, name: string): Result<number, Failure> {
  const value = int32.test(text ?? '') ? Number(text) : 0
  return value >= 1 && value <= int32Max ? ok(value) : err(invalid(`${name}: must be a positive whole number`))
}

/** What the platform of the call has, by number. */
export function usersOf({ venue, owner }: Pick<ManagerCall, 'venue' | 'owner'>): ManagedUser[] {
  return [...venue.state.users.values()]
    .filter(({ ownerId }) => ownerId === owner.id)
    .toSorted((one, other) => one.login - other.login)
}

export function userOf(call: ManagerCall, login: number): ManagedUser | undefined {
  return usersOf(call).find((user) => user.login === login)
}

export function userNamed(call: ManagerCall): Result<ManagedUser, Failure> {
  const login = wholeOf(call.parameters['login'], 'login')
  if (!login.ok) return login
  const user = userOf(call, login.value)
  return user === undefined ? err(notFound(`there is no login ${login.value}`)) : ok(user)
}

export function accountOf({ venue }: ManagerCall, { accountId }: ManagedUser): Account {
  const account = venue.state.accounts.get(accountId)
  if (account === undefined) throw new Error(`a user has the account ${accountId}, which does not exist`)
  return account
}

export function marketNamed({ venue }: ManagerCall, name: string | null | undefined): Result<Market, Failure> {
  const market = listedAs(venue.state, venueName, name ?? '')
  return market === undefined ? err(notFound(`there is no symbol ${(name ?? '').slice(0, 12)}`)) : ok(market)
}

export function badAccount(login: number): Failure {
  return managerError('BadAccountInfo', `there is no login ${login}`)
}
