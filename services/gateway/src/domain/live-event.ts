/**
 * What a live stream shows to whom, and the text form of its events and positions.
 * Called by the stream controller and FollowEvents. Must never show a follower what belongs to another.
 */
import { type Caller, seesAll } from '@tradewire/contracts/caller'
import type { Event } from '@tradewire/contracts/define-event'

/** Where a client stands: after event `index` of the message with this sequence. */
export interface StreamPosition {
  readonly sequence: number
  readonly index: number
  readonly life?: string
}

const POSITION = /^(\d{1,15})(?:\.(\d{1,4}))?(?:\.([a-z0-9]{1,12}))?$/
/** As an index: the whole message was seen. A message holds far fewer events. */
export const eventIndexMax = 9_999

/** Reads a Last-Event-ID; undefined for anything that we have not given out. */
export function readPosition(text: string): StreamPosition | undefined {
  const [, sequence, index, life] = POSITION.exec(text) ?? []
  if (sequence === undefined) return undefined
  return {
    sequence: Number(sequence),
    index: index === undefined ? eventIndexMax : Number(index),
    ...(life === undefined ? {} : { life }),
  }
}

export function positionText({ sequence, index, life }: StreamPosition): string {
  return life === undefined ? `${sequence}.${index}` : `${sequence}.${index}.${life}`
}

interface Ownership {
  readonly userId?: unknown
  readonly ownerId?: unknown
  readonly accountId?: unknown
}

/** Operators and support see all; others only events that carry their own user id or, carrying none, an account of theirs. */
export function maySee(event: Event, caller: Caller, ownAccounts: ReadonlySet<string>): boolean {
  if (seesAll(caller)) return true
  const { userId, ownerId, accountId } = ownershipOf(event)
  const owner = userId ?? ownerId
  if (owner !== undefined) return owner === caller.userId
  return typeof accountId === 'string' && ownAccounts.has(accountId)
}

/** The account that an event shows to be the caller's: a stream learns of accounts connected while it is open. */
export function ownAccountIn(event: Event, caller: Caller): string | undefined {
  const { userId, accountId } = ownershipOf(event)
  return userId === caller.userId && typeof accountId === 'string' ? accountId : undefined
}

function ownershipOf(event: Event): Ownership {
  return event.data ?? {}
}

/** One event in the form of server-sent events; JSON holds no line breaks. */
export function eventFrame(id: string, name: string, body: unknown): string {
  return `id: ${id}\nevent: ${name}\ndata: ${JSON.stringify(body)}\n\n`
}

/** Tells how far the stream was read although nothing of it was shown: a resume need not read it again. */
export function heartbeatFrame(id: string | undefined): string {
  return id === undefined ? ': heartbeat\n\n' : `: heartbeat\nid: ${id}\n\n`
}

/** A line that clients ignore; it keeps proxies from closing the connection and tells a reader why it ends. */
export function commentFrame(text: string): string {
  return `: ${text}\n\n`
}
