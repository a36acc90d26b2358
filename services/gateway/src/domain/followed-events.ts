/**
 * The events of one live stream as its caller sees them, with the place where a client stands.
 * Made by FollowEvents, read by the stream route. Must never show an event that the caller may not see.
 */
import type { Caller } from '@tradewire/contracts/caller'
import type { Event } from '@tradewire/contracts/define-event'
import { eventFrame, eventIndexMax, maySee, ownAccountIn, positionText, type StreamPosition } from '#domain/live-event'

export interface FeedMessage {
  readonly sequence: number
  readonly events: readonly Event[]
}

export interface OpenFeed {
  readonly life: string
  /** False when events between the place asked for and now are gone. */
  readonly gapless: boolean
  /** Resolves when stopped or when the feed breaks. */
  forEach(read: (message: FeedMessage) => Promise<void> | void): Promise<void>
  stop(): Promise<void>
}

/** The name of the event that says: what was between is gone, read the lists again. */
const resetName = 'stream.reset'

export class FollowedEvents {
  private readonly feed: OpenFeed
  private readonly caller: Caller
  private readonly start: StreamPosition | undefined
  private readonly lost: boolean
  private readonly accounts: Set<string>
  private lastSequence: number | undefined

  constructor(
    feed: OpenFeed,
    caller: Caller,
    facts: {
      readonly start: StreamPosition | undefined
      readonly lost: boolean
      readonly accounts: ReadonlySet<string>
    },
  ) {
    this.feed = feed
    this.caller = caller
    this.start = facts.start
    this.lost = facts.lost
    this.accounts = new Set(facts.accounts)
  }

  /** Where a client that has read everything so far stands; undefined before the first message. */
  get position(): string | undefined {
    if (this.lastSequence === undefined) return undefined
    return positionText({ sequence: this.lastSequence, index: eventIndexMax, life: this.feed.life })
  }

  /** Hands out frames one after the other, each awaited, until stopped or until the feed breaks. */
  async forEach(send: (frame: string) => Promise<void>): Promise<void> {
    if (this.lost) await send(`event: ${resetName}\ndata: {}\n\n`)
    await this.feed.forEach(async (message) => {
      for (const frame of this.framesOf(message)) await send(frame)
      this.lastSequence = message.sequence
    })
  }

  stop(): Promise<void> {
    return this.feed.stop()
  }

  private framesOf({ sequence, events }: FeedMessage): readonly string[] {
    const seen = this.start?.sequence === sequence ? this.start.index : -1
    return events.flatMap((event, index) => {
      const account = ownAccountIn(event, this.caller)
      if (account !== undefined) this.accounts.add(account)
      if (index <= seen || !maySee(event, this.caller, this.accounts)) return []
      const id = positionText({ sequence, index, life: this.feed.life })
      return [eventFrame(id, event.name, { id: event.id, occurredAt: event.occurredAt, data: event.data })]
    })
  }
}
