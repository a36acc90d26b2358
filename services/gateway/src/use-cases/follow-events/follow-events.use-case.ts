/**
 * Opens a live stream for one caller: from the last event they saw, or from now on.
 * Called by the stream route. Must never show an event that the caller may not see.
 */
import { Injectable } from '@nestjs/common'
import type { Caller } from '@tradewire/contracts/define-route'
import type { EventContract } from '@tradewire/contracts/define-event'
import { liveEvents } from '@tradewire/contracts/http/gateway'
import type { CodedError } from '@tradewire/kernel/errors'
import { err, ok, type Result } from '@tradewire/kernel/result'
import {
  eventFrame,
  maySee,
  positionText,
  readPosition,
  wholeMessage,
  type StreamPosition,
} from '#domain/live-event'
import { gatewayErrors } from '#gateway.errors'
import { LiveFeed, type FeedMessage, type OpenFeed } from '#ports/live-feed.port'
import type { RouteRefusal } from '#use-cases/answer-route/answer-route.use-case'

export interface FollowRequest {
  readonly caller: Caller
  readonly lastEventId: string | undefined
  /** Comma separated; all when undefined. */
  readonly events: string | undefined
}

/** The name of the event that says: what was between is gone, read the lists again. */
const resetName = 'stream.reset'

export class FollowedEvents {
  private readonly feed: OpenFeed
  private readonly caller: Caller
  private readonly start: StreamPosition | undefined
  private readonly lost: boolean
  private lastSequence: number | undefined

  constructor(feed: OpenFeed, caller: Caller, facts: { readonly start: StreamPosition | undefined; readonly lost: boolean }) {
    this.feed = feed
    this.caller = caller
    this.start = facts.start
    this.lost = facts.lost
  }

  /** Where a client that has read everything so far stands; undefined before the first message. */
  get position(): string | undefined {
    if (this.lastSequence === undefined) return undefined
    return positionText({ sequence: this.lastSequence, index: wholeMessage, life: this.feed.life })
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
      if (index <= seen || !maySee(event, this.caller)) return []
      const id = positionText({ sequence, index, life: this.feed.life })
      return [eventFrame(id, event.name, { id: event.id, occurredAt: event.occurredAt, data: event.data })]
    })
  }
}

@Injectable()
export class FollowEvents {
  constructor(private readonly feed: LiveFeed) {}

  /** Fails with INVALID_PARAMETERS for an unknown event name, or STREAM_UNAVAILABLE. */
  async execute({ caller, lastEventId, events }: FollowRequest): Promise<Result<FollowedEvents, CodedError | RouteRefusal>> {
    const contracts = chosenEvents(events)
    if (contracts === undefined) {
      const known = liveEvents.map(({ name }) => name).join(', ')
      return err({ ...gatewayErrors.of('INVALID_PARAMETERS'), details: { events: [`must be of ${known}`] } })
    }
    const start = lastEventId === undefined ? undefined : readPosition(lastEventId)
    const opened = await this.feed.open(contracts, start === undefined ? undefined : resumeFrom(start))
    if (!opened.ok) return opened
    const unreadable = lastEventId !== undefined && start === undefined
    const lost = unreadable || !opened.value.gapless
    return ok(new FollowedEvents(opened.value, caller, { start: lost ? undefined : start, lost }))
  }
}

function chosenEvents(names: string | undefined): readonly EventContract[] | undefined {
  if (names === undefined) return liveEvents
  const wanted = names.split(',').map((name) => name.trim())
  const found = liveEvents.filter(({ name }) => wanted.includes(name))
  return found.length === new Set(wanted).size ? found : undefined
}

/** A message that was seen in part is read again; what was seen of it is left out. */
function resumeFrom({ sequence, index, life }: StreamPosition): { readonly sequence: number; readonly life?: string } {
  const after = index >= wholeMessage ? sequence : sequence - 1
  return { sequence: after, ...(life === undefined ? {} : { life }) }
}
