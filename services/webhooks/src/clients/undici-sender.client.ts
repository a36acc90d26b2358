/**
 * Sends webhooks with undici, judging every address at the moment of the connect (rule R18).
 * Called through the Sender port. Must never reach an address that Targets refuses, whatever its name resolves to.
 */
import { lookup as resolve, type LookupAddress, type LookupOptions } from 'node:dns'
import { Injectable, type OnApplicationShutdown } from '@nestjs/common'
import { InjectConfig } from '@tradewire/nest-kit/tokens'
import { Agent, request } from 'undici'
import type { WebhooksConfig } from '../config.ts'
import { Targets } from '../domain/target.ts'
import { Sender, type Sent } from '../ports/sender.port.ts'
import { excerptOf, failureOf, startOf, unanswered } from './http-answer.map.ts'

const connectTimeoutMs = 10_000
const keepAliveTimeoutMs = 30_000

class AddressRefused extends Error {
  readonly code = 'ADDRESS_REFUSED'
}

type LookupDone = (error: Error | null, addresses: LookupAddress[] | string, family?: number) => void

@Injectable()
export class UndiciSender extends Sender implements OnApplicationShutdown {
  private readonly targets: Targets
  private readonly agent: Agent
  private readonly timeoutMs: number

  constructor(@InjectConfig() config: WebhooksConfig) {
    super()
    this.targets = new Targets(config.privateTargets)
    this.timeoutMs = config.deliveryTimeoutMs
    this.agent = new Agent({
      // Of one host, which may have many endpoints: a request that waited for a connection would time out unsent.
      connections: config.deliveriesInFlightMax,
      pipelining: 1,
      keepAliveTimeout: keepAliveTimeoutMs,
      connect: {
        timeout: connectTimeoutMs,
        lookup: (host: string, options: LookupOptions, done: LookupDone) => this.lookup(host, options, done),
      },
    })
  }

  async onApplicationShutdown(): Promise<void> {
    await this.agent.destroy()
  }

  async send(url: string, headers: Readonly<Record<string, string>>, body: string): Promise<Sent> {
    // A literal address is never looked up, so it is judged here; names are judged in lookup.
    if (this.targets.refusalOf(url) !== undefined) return unanswered('ADDRESS_REFUSED')
    try {
      const answer = await request(url, {
        method: 'POST',
        dispatcher: this.agent,
        headers: { 'content-type': 'application/json', 'user-agent': 'Tradewire-Webhooks/1', ...headers },
        body,
        signal: AbortSignal.timeout(this.timeoutMs),
        headersTimeout: this.timeoutMs,
        bodyTimeout: this.timeoutMs,
      })
      const retryAfter = answer.headers['retry-after']
      return {
        status: answer.statusCode,
        retryAfter: typeof retryAfter === 'string' ? retryAfter : undefined,
        error: answer.statusCode >= 300 && answer.statusCode < 400 ? 'REDIRECT' : null,
        responseExcerpt: excerptOf(await startOf(answer.body)),
        gone: answer.statusCode === 410,
      }
    } catch (error) {
      return unanswered(failureOf(error))
    }
  }

  private lookup(host: string, options: LookupOptions, done: LookupDone): void {
    resolve(host, { ...options, all: true }, (error, addresses) => {
      if (error !== null) return done(error, [])
      const refused = addresses.find(({ address }) => !this.targets.allowsAddress(address))
      if (refused !== undefined) return done(new AddressRefused(`${host} resolves to a refused address`), [])
      const [first] = addresses
      if (options.all === true || first === undefined) return done(null, addresses)
      return done(null, first.address, first.family)
    })
  }
}
