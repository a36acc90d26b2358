/**
 * One message as a consumer got it: parsed events, those that break their contract, and its ways back to the server.
 * Called by the consumer runner. Must never let an unparsed value reach a handler.
 */
import type { JsMsg } from '@nats-io/jetstream'
import type { Event, EventContract } from '@tradewire/contracts/define-event'
import { readMessage, type ReceivedEvent } from '@tradewire/contracts/event-message'
import { messageIdHeader } from '../publish/acked-publisher.ts'
import { traceHeader } from '../questions/rpc-wire.ts'

/** An event that can never be handled: its body breaks the contract. */
export interface InvalidEvent {
  /** Null when not even the envelope could be read. */
  readonly eventId: string | null
  readonly body: string
  readonly reason: string
}

/** Where a message came from. */
export interface DeliverySource {
  readonly durable: string
  /** True while the connection lives that it came through: an answer through another one could hit a wrong message. */
  readonly mayAnswer: () => boolean
}

export interface Delivery extends DeliverySource {
  readonly message: JsMsg
  /** Of its outbox row, by which it is remembered; null when it is remembered event by event. */
  readonly messageId: string | null
  readonly events: readonly Event[]
  readonly invalid: readonly InvalidEvent[]
  readonly keys: ReadonlySet<string>
  /** One of its events is: it need not wait behind the others. */
  readonly urgent: boolean
  readonly trace: string | null
  readonly deliveries: number
}

export interface DeliveryRules {
  readonly key?: ((event: Event) => string | readonly string[]) | undefined
  readonly urgent?: ((event: Event) => boolean) | undefined
}

interface Contents {
  readonly events: Event[]
  readonly invalid: InvalidEvent[]
  /** Meant for one consumer alone. */
  readonly addressed: boolean
}

const uuidText = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
const reasonCharsMax = 500
const traces = new WeakMap<Event, string>()

/** The traceparent of the message that brought an event: for handlers that gather events of several traces. */
export function traceOf(event: Event): string | null {
  return traces.get(event) ?? null
}

export class DeliveryParser {
  private readonly contracts: ReadonlyMap<string, EventContract>
  private readonly rules: DeliveryRules

  constructor(contracts: readonly EventContract[], rules: DeliveryRules) {
    this.contracts = new Map(contracts.map((contract) => [`${contract.name}/${contract.version}`, contract]))
    this.rules = rules
  }

  parse(message: JsMsg, source: DeliverySource): Delivery {
    const trace = message.headers?.get(traceHeader) || null
    const { events, invalid, addressed } = this.eventsOf(message, source.durable)
    const id = message.headers?.get(messageIdHeader) ?? ''
    const messageId = !addressed && uuidText.test(id) ? id : null
    const { key, urgent: isUrgent } = this.rules
    const keys = new Set<string>()
    for (const event of events) {
      if (trace !== null) traces.set(event, trace)
      if (key !== undefined) for (const one of [key(event)].flat()) keys.add(one)
    }
    const urgent = isUrgent !== undefined && events.some(isUrgent)
    const deliveries = message.info.deliveryCount
    return { ...source, message, messageId, events, invalid, keys, urgent, trace, deliveries }
  }

  private eventsOf(message: JsMsg, durable: string): Contents {
    const events: Event[] = []
    const invalid: InvalidEvent[] = []
    const body = message.string()
    let addressed = false
    try {
      const parsed = readMessage(body)
      addressed = parsed.consumer !== undefined
      if (addressed && parsed.consumer !== durable) return { events, invalid, addressed }
      for (const envelope of parsed.events) {
        const problem = this.check(envelope, events)
        if (problem === undefined) continue
        const eventId = uuidText.test(envelope.id) ? envelope.id : null
        invalid.push({ eventId, body: JSON.stringify({ events: [envelope] }), reason: problem })
      }
    } catch (error) {
      return { events: [], invalid: [{ eventId: null, body, reason: shortReason(error) }], addressed }
    }
    return { events, invalid, addressed }
  }

  /** Adds the event with its parsed data, or answers what is wrong with it. */
  private check(envelope: ReceivedEvent, events: Event[]): string | undefined {
    if (!uuidText.test(envelope.id)) return 'the event id is not a UUID'
    const contract = this.contracts.get(`${envelope.name}/${envelope.version}`)
    if (contract === undefined) return `no contract is consumed for ${envelope.name} version ${envelope.version}`
    const parsed = contract.data.safeParse(envelope.data)
    if (!parsed.success) return shortReason(parsed.error)
    events.push({ ...(envelope as Event), data: parsed.data })
    return undefined
  }
}

function shortReason(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).slice(0, reasonCharsMax)
}
