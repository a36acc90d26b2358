/**
 * Branded identifiers. All ids are UUIDv7: they sort by time and keep inserts cheap.
 * Called by every package. Must never be made outside an injected IdSource.
 */
import { getRandomValues, hash } from 'node:crypto'
import { V7Generator } from 'uuidv7'
import { type Clock, SystemClock } from './clock.ts'

declare const brand: unique symbol
export type Id<Name extends string> = string & { readonly [brand]: Name }

export type UserId = Id<'User'>
export type StrategyId = Id<'Strategy'>
export type RiskProfileId = Id<'RiskProfile'>
export type FollowId = Id<'Follow'>
export type AccountId = Id<'Account'>
export type SignalId = Id<'Signal'>
export type IntentId = Id<'Intent'>
export type BracketId = Id<'Bracket'>
export type EventId = Id<'Event'>
export type WebhookEndpointId = Id<'WebhookEndpoint'>

const UUID_TEXT = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** Narrows canonical lower-case UUID text to an id; throws on anything else. */
export function idOf<Name extends string>(text: string): Id<Name> {
  if (!UUID_TEXT.test(text)) throw new RangeError(`not a UUID: ${text.slice(0, 64)}`)
  return text as Id<Name>
}

const numberHexDigits = 12

/** The whole number that a surface shows where its document has no UUIDs: the last 48 bits, of which 32 are chance. */
export function numberOfId(id: string): number {
  return Number.parseInt(id.slice(-numberHexDigits), 16)
}

/** The end of the ids that have this number, as text; null when no id can have it. */
export function idEndOf(number: number): string | null {
  const end = number.toString(16).padStart(numberHexDigits, '0')
  return end.length === numberHexDigits ? end : null
}

/** Where new ids come from: injected, so that simulations repeat. */
export abstract class IdSource {
  abstract next<Name extends string>(): Id<Name>
}

/** Randomness is drawn for many ids at once: a call of the operating system for each costs more than all the rest. */
const randomWords = new Uint32Array(2_048)
let nextWord = randomWords.length

/** One for the process, so that ids of all its services sort in the order in which they were made. */
const generator = new V7Generator({
  nextUint32() {
    if (nextWord === randomWords.length) {
      getRandomValues(randomWords)
      nextWord = 0
    }
    return randomWords[nextWord++]!
  },
})

export class UuidV7Source extends IdSource {
  private readonly clock: Clock

  /** By a clock that processes share, ids of all of them sort in the order in which they were made. */
  constructor(clock: Clock = new SystemClock()) {
    super()
    this.clock = clock
  }

  next<Name extends string>(): Id<Name> {
    return generator.generateOrResetWithTs(this.clock.now().getTime()).toString() as Id<Name>
  }
}

/** Sort before and after all other ids. */
export const lowestId = '00000000-0000-0000-0000-000000000000'
export const highestId = 'ffffffff-ffff-ffff-ffff-ffffffffffff'

/**
 * The deterministic id of one order intent: the same (signal, account, leg, purpose) always gives the same id,
 * so planning twice cannot order twice (reliability rule R12).
 */
export function intentIdOf(signal: string, account: string, leg: string, purpose: string): IntentId {
  return timedUuidOf(signal, `${signal}|${account}|${leg}|${purpose}`) as IntentId
}

/** So many characters of a UUIDv7 are its time in milliseconds. */
export const timePrefixChars = 13

/**
 * A stable id that starts with the time of a UUIDv7 that it belongs to; the rest is a digest of the text. Rows with
 * such ids lie side by side in their index, which keeps inserting them cheap.
 */
export function timedUuidOf(timed: string, text: string): string {
  const digest = uuidOfHash(text)
  return `${timed.slice(0, timePrefixChars)}-7${digest.slice(15, 18)}-${digest.slice(19)}`
}

/** A stable UUID-shaped digest of a text; for ids that must be equal whenever their inputs are. */
export function uuidOfHash(text: string): string {
  const hex = hash('sha256', text)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}
