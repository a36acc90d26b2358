/**
 * Reads a stream as it grows, from a known place on, without keeping anything: no acks, no durable consumer, no inbox.
 * Called by the gateway for live streams and for news of ended sessions. Must never be used to change state.
 */
import { type ConsumerMessages, DeliverPolicy } from '@nats-io/jetstream'
import type { Event, EventContract } from '@tradewire/contracts/define-event'
import { readMessage } from '@tradewire/contracts/event-message'
import { type Bus, BusUnavailableError } from './connection.ts'
import { filterSubjectsOf, streamOf } from './streams.ts'

/** A place in one life of the stream: a stream that was made anew counts from 1 again. */
export interface TailPosition {
  readonly sequence: number
  /** Which life of the stream; left out when it is not known. */
  readonly life?: string
}

export interface TailOptions {
  /** Not partitioned ones. */
  readonly contracts: readonly EventContract[]
  /** Messages after this one; those from now on when not given. */
  readonly after?: TailPosition
  /** Messages stored since then; only without `after`. */
  readonly since?: Date
}

export interface TailMessage {
  readonly sequence: number
  /** All logical events of the message, in order. */
  readonly events: readonly Event[]
}

/** Messages fetched ahead of the reader. */
const aheadMessages = 64

export class Tail {
  /** Names this life of the stream. */
  readonly life: string
  /** False when `after` lies in another life or before the oldest message kept: what was between is gone. */
  readonly gapless: boolean
  private readonly bus: Bus
  private readonly messages: ConsumerMessages
  private readonly forgetBus: () => void

  private constructor(
    bus: Bus,
    messages: ConsumerMessages,
    facts: { readonly life: string; readonly gapless: boolean },
  ) {
    this.bus = bus
    this.messages = messages
    this.life = facts.life
    this.gapless = facts.gapless
    // A broken connection ends the tail: its reader opens another one from where it stood.
    this.forgetBus = this.bus.onLost(() => void this.stop())
  }

  /** Throws BusUnavailableError while NATS is away. The place is fixed before it returns: nothing later is missed. */
  static async open(bus: Bus, { contracts, after, since }: TailOptions): Promise<Tail> {
    if (contracts.some((contract) => streamOf(contract) !== 'EVENTS')) throw new Error('only news can be tailed')
    const { created, state } = await bus.manager().streams.info('EVENTS')
    const life = Math.floor(Date.parse(created) / 1_000).toString(36)
    const gapless = after === undefined || continues(after, life, state)
    const resumeAt = after !== undefined && gapless ? after.sequence : state.last_seq
    const consumer = await bus.jetstream().consumers.get('EVENTS', {
      filter_subjects: contracts.flatMap((contract) => filterSubjectsOf(contract)),
      ...(since === undefined || after !== undefined
        ? { deliver_policy: DeliverPolicy.StartSequence, opt_start_seq: resumeAt + 1 }
        : { deliver_policy: DeliverPolicy.StartTime, opt_start_time: since.toISOString() }),
    })
    if (!bus.ready()) throw new BusUnavailableError('NATS is not reachable')
    return new Tail(bus, await consumer.consume({ max_messages: aheadMessages }), { life, gapless })
  }

  /** One message after the other; each is awaited, so a slow reader slows the tail. Ends by `stop` or a lost bus. */
  async forEach(read: (message: TailMessage) => Promise<void> | void): Promise<void> {
    try {
      for await (const message of this.messages) {
        const events = eventsOf(message.string())
        if (events !== null) await read({ sequence: message.seq, events })
      }
    } finally {
      await this.stop()
    }
  }

  /** May be called more than once. */
  async stop(): Promise<void> {
    this.forgetBus()
    await this.messages.close().catch(() => undefined)
  }
}

/** Null for what is no message: a reader of news has nobody to tell. */
function eventsOf(text: string): readonly Event[] | null {
  try {
    return readMessage(text).events as readonly Event[]
  } catch {
    return null
  }
}

function continues(
  after: TailPosition,
  life: string,
  state: { readonly first_seq: number; readonly last_seq: number },
): boolean {
  if (after.life !== undefined && after.life !== life) return false
  return after.sequence <= state.last_seq && after.sequence + 1 >= state.first_seq
}
