/**
 * REST calls with one token: reads may be repeated, trades never are. Called by provisioning, symbols and the session.
 * Must never show the token, nor repeat a call that may have changed something.
 */
import { setTimeout as delay } from 'node:timers/promises'
import * as brokerError from '@tradewire/broker-kit/broker-error'
import type { BrokerError } from '@tradewire/broker-kit/broker-error'
import type { Clock } from '@tradewire/kernel/clock'
import { parseExact } from '@tradewire/kernel/exact-json'
import { err, ok, type Result } from '@tradewire/kernel/result'
import type { z } from 'zod'
import type { Door } from '#clients/venue-doors.client'
import type { VenueReply, VenueRequest } from '#clients/venue-http.client'
import { errorOfStatus, outcomeOf, waitMsOf } from './metaapi-error.map.ts'
import { type TradeReply, tradeReply } from './metaapi-records.wire.ts'

export type Answer<Value> = Promise<Result<Value, BrokerError>>

export interface ApiCall {
  readonly method: VenueRequest['method']
  readonly path: string
  readonly body?: string
  readonly headers?: Readonly<Record<string, string>>
}

/** A read that failed for a reason that passes is repeated after these pauses. */
const readPausesMs = [200, 600]

export class MetaapiApi {
  constructor(
    private readonly token: string,
    private readonly clock: Clock,
  ) {}

  /** A call that changes nothing, or nothing more when it is repeated. */
  async read<Schema extends z.ZodType>(door: Door, call: ApiCall, schema: Schema): Answer<z.output<Schema>> {
    let last = await this.once(door, call)
    for (const pauseMs of readPausesMs) {
      if (last.ok || last.error.kind !== 'connectivity') break
      await delay(pauseMs)
      last = await this.once(door, call)
    }
    if (!last.ok) return last
    const parsed = schema.safeParse(parseExact(last.value.text))
    return parsed.success ? ok(parsed.data) : err(brokerError.connectivity('the reply cannot be read'))
  }

  /** Without an answer in words. */
  async command(door: Door, call: ApiCall): Answer<undefined> {
    const done = await this.once(door, call)
    return done.ok ? ok(undefined) : done
  }

  /** The creation of an account: `wait` as long as the broker's settings are being found out. */
  async create<Schema extends z.ZodType>(
    door: Door,
    call: ApiCall,
    schema: Schema,
  ): Answer<{ readonly created: z.output<Schema> } | { readonly waitMs: number }> {
    const done = await this.once(door, call)
    if (!done.ok) return done
    const { status, headers, text } = done.value
    if (status === 202) return ok({ waitMs: waitMsOf(undefined, textOf(headers['retry-after']), this.clock.now()) })
    const parsed = schema.safeParse(parseExact(text))
    return parsed.success ? ok({ created: parsed.data }) : err(brokerError.connectivity('the reply cannot be read'))
  }

  /** Sent once: what became of a trade whose reply is lost must be found out. */
  async trade(door: Door, path: string, body: object): Answer<TradeReply> {
    const reply = await door.http.send(this.request(door, { method: 'POST', path, body: JSON.stringify(body) }))
    if (!reply.ok) {
      const { kind, message } = reply.error
      return err(kind === 'lost' ? brokerError.outcomeUnknown(message) : brokerError.notSent(message))
    }
    const { status, text, headers } = reply.value
    if (status !== 200) {
      const retryAfter = textOf(headers['retry-after'])
      return err(errorOfStatus({ status, text, retryAfter, now: this.clock.now() }, 'trade'))
    }
    const parsed = tradeReply.safeParse(parseExact(text))
    return parsed.success ? outcomeOf(parsed.data) : err(brokerError.outcomeUnknown('the reply cannot be read'))
  }

  private async once(door: Door, call: ApiCall): Answer<VenueReply> {
    const reply = await door.http.send(this.request(door, call))
    if (!reply.ok) return err(brokerError.connectivity(reply.error.message))
    const { status, text, headers } = reply.value
    if (status >= 200 && status < 300) return ok(reply.value)
    const retryAfter = textOf(headers['retry-after'])
    return err(errorOfStatus({ status, text, retryAfter, now: this.clock.now() }, 'read'))
  }

  private request(door: Door, { method, path, body, headers }: ApiCall): VenueRequest {
    return {
      method,
      path: `${door.prefix}${path}`,
      headers: {
        'auth-token': this.token,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      body: body ?? null,
    }
  }
}

function textOf(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value
}
