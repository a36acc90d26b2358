/**
 * The running service as a client of one venue meets it, for integration specs. Called once at the top of a spec.
 * Must never be imported by the service.
 */
import { createHmac } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Venue } from '@tradewire/contracts/common'
import { type Clock, SystemClock } from '@tradewire/kernel/clock'
import { startService, type RunningService } from '@tradewire/nest-kit/start-service'
import { afterAll, beforeAll } from 'vitest'
import { paperService } from '#service'

export interface Credentials {
  readonly accountId: string
  readonly apiKey: string
  readonly secret: string
  readonly credentials: Readonly<Record<string, string>>
}

interface SignedReply {
  readonly status: number
  readonly body: never
  readonly headers: Headers
}

/** Names of fields that the venue's own samples have, by kind of object. */
export function keySetsOf(exchange: string): Readonly<Record<string, readonly string[]>> {
  const file = join(import.meta.dirname, `../../test-data/${exchange}-key-sets.json`)
  return JSON.parse(readFileSync(file, 'utf8')) as Record<string, string[]>
}

export const keySets = keySetsOf('binance')

export const keysOf = (value: unknown) => Object.keys(value as object).toSorted()

export class VenueUnderTest {
  private readonly venue: Venue
  private readonly clock: Clock
  private service: RunningService | undefined
  private ids = 0

  /** Starts the service, with prices that orders are filled at exactly, before all tests and stops it after them. */
  constructor(venue: Venue, settings: Readonly<Record<string, string>> = {}, clock: Clock = new SystemClock()) {
    this.venue = venue
    this.clock = clock
    const directory = mkdtempSync(join(tmpdir(), 'paper-'))
    const own = { PAPER_HTTP_PORT: '0', PAPER_DATA_DIRECTORY: directory, LOG_LEVEL: 'error' }
    beforeAll(async () => {
      this.service = await startService(paperService, { ...own, ...settings }, { clock })
      await this.post('/control/markets', { symbol: 'BTCUSDT', spreadBasisPoints: '0', slippageBasisPoints: '0' })
    })
    afterAll(async () => {
      await this.service?.stop()
      rmSync(directory, { recursive: true })
    })
  }

  get url(): string {
    if (this.service === undefined) throw new Error('the venue runs from beforeAll on')
    return this.service.url
  }

  /** Where the venue's own protocol begins. */
  get base(): string {
    return `${this.url}/${this.venue.replace(/^okx-.*/, 'okx')}`
  }

  nextId(): string {
    this.ids += 1
    return `spec-${this.ids}`
  }

  async post<Reply>(path: string, body: unknown): Promise<Reply> {
    const reply = await fetch(this.url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    const answer = (await reply.json()) as Reply
    if (!reply.ok) throw new Error(JSON.stringify(answer))
    return answer
  }

  move(price: string): Promise<unknown> {
    return this.post('/control/price', { venue: this.venue, symbol: 'BTCUSDT', price })
  }

  openAccount(balance: string, more: object = {}): Promise<Credentials> {
    return this.post('/control/accounts', { venue: this.venue, balance, ...more })
  }

  /** A request as the venue's document says it is signed, without a client in between. */
  async signed({ apiKey, secret }: Credentials, method: string, path: string, query = ''): Promise<SignedReply> {
    const text = `${query}${query === '' ? '' : '&'}timestamp=${String(this.clock.now().getTime())}`
    const signature = createHmac('sha256', secret).update(text).digest('hex')
    const reply = await fetch(`${this.base}${path}?${text}&signature=${signature}`, {
      method,
      headers: { 'x-mbx-apikey': apiKey },
    })
    return { status: reply.status, body: (await reply.json()) as never, headers: reply.headers }
  }

  /** Only the host in a client's URLs is replaced, so its errors are chosen as against the real venue. */
  readonly redirect =
    (host: string) =>
    (url: string, options: RequestInit): Promise<Response> =>
      fetch(url.replace(host, this.base), options)
}
