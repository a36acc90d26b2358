/**
 * The token of one client, which all accounts under it share: asked for once, and anew before it ends. Called by the API.
 * Must never show the secret or the token, nor ask twice at once.
 */
import { createHash } from 'node:crypto'
import * as brokerError from '@tradewire/broker-kit/broker-error'
import type { BrokerError } from '@tradewire/broker-kit/broker-error'
import type { BrokerDependencies } from '@tradewire/broker-kit/define-broker'
import type { Clock } from '@tradewire/kernel/clock'
import { parseExact } from '@tradewire/kernel/exact-json'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { type Door, doorOf } from '#clients/venue-doors.client'
import { errorOfStatus } from './mt-manager-error.map.ts'
import { discovery, grantedToken, refusedToken } from './mt-manager-records.wire.ts'

export interface Client {
  readonly id: string
  readonly secret: string
}

const secondMs = 1_000
/** It is replaced so long before its end, but not before half of its life. */
const earlyMs = 60_000
const scope = 'webapi'

const shared = new WeakMap<BrokerDependencies, Map<string, MtManagerToken>>()

export class MtManagerToken {
  private held: { readonly text: string; readonly untilMs: number } | null = null
  private asking: Promise<Result<string, BrokerError>> | null = null

  constructor(
    private readonly authority: Door,
    private readonly client: Client,
    private readonly clock: Clock,
  ) {}

  /** The same for all who have the same client at the same authority. */
  static of(dependencies: BrokerDependencies, authority: string, client: Client): MtManagerToken {
    const known = shared.get(dependencies) ?? new Map<string, MtManagerToken>()
    shared.set(dependencies, known)
    const key = createHash('sha256')
      .update(JSON.stringify([authority, client]))
      .digest('hex')
    const token = known.get(key) ?? new MtManagerToken(doorOf(dependencies, authority), client, dependencies.clock)
    known.set(key, token)
    return token
  }

  async get(): Promise<Result<string, BrokerError>> {
    if (this.held !== null && this.clock.monotonicMs() < this.held.untilMs) return ok(this.held.text)
    this.asking ??= this.ask().finally(() => (this.asking = null))
    return this.asking
  }

  /** The venue no longer takes it. */
  drop(text: string): void {
    if (this.held?.text === text) this.held = null
  }

  private async ask(): Promise<Result<string, BrokerError>> {
    const path = await this.endpoint()
    if (!path.ok) return path
    const { id, secret } = this.client
    const form = { grant_type: 'client_credentials', client_id: id, client_secret: secret, scope }
    const reply = await this.authority.http.send({
      method: 'POST',
      path: path.value,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams(form).toString(),
    })
    if (!reply.ok) return err(brokerError.connectivity(reply.error.message))
    const { status, text } = reply.value
    const read = parseExact(text)
    const granted = grantedToken.safeParse(read)
    if (status === 200 && granted.success) {
      const { access_token, expires_in } = granted.data
      const lifeMs = expires_in * secondMs
      const untilMs = this.clock.monotonicMs() + Math.max(lifeMs / 2, lifeMs - earlyMs)
      this.held = { text: access_token, untilMs }
      return ok(access_token)
    }
    const refused = refusedToken.safeParse(read)
    if (status === 400 && refused.success)
      return err(brokerError.authFailed(`the authority says ${refused.data.error}`))
    if (status === 200) return err(brokerError.connectivity('the token cannot be read'))
    return err(errorOfStatus(status, undefined, 'read'))
  }

  /** By discovery, and only at the authority's own host: the secret goes nowhere else. */
  private async endpoint(): Promise<Result<string, BrokerError>> {
    const { http, prefix } = this.authority
    const request = {
      method: 'GET',
      path: `${prefix}/.well-known/openid-configuration`,
      headers: {},
      body: null,
    } as const
    const reply = await http.send(request)
    if (!reply.ok) return err(brokerError.connectivity(reply.error.message))
    if (reply.value.status !== 200) return err(errorOfStatus(reply.value.status, undefined, 'read'))
    const parsed = discovery.safeParse(parseExact(reply.value.text))
    return ok(parsed.success ? new URL(parsed.data.token_endpoint).pathname : `${prefix}/connect/token`)
  }
}
