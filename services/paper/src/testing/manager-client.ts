/**
 * A client of the simulated manager WebAPI as its documents describe one, for integration specs. Called by those specs.
 * Must never be imported by the service.
 */
import type { Credentials, VenueUnderTest } from './venue-under-test.ts'

export interface Reply<Body = never> {
  readonly status: number
  readonly headers: Headers
  readonly body: Body
  readonly text: string
}

export interface Envelope {
  readonly data: never
  readonly error: { readonly code: string; readonly managerCode: string | null; readonly message: string } | null
  readonly meta: { readonly activityId: string; readonly paging?: { nextCursor: string | null; hasMore: boolean } }
}

export class ManagerClient {
  token = ''

  constructor(
    private readonly venue: VenueUnderTest,
    readonly account: Credentials,
  ) {}

  get platform(): string {
    return this.account.credentials['tradePlatform'] ?? ''
  }

  get login(): number {
    return Number(this.account.credentials['login'])
  }

  /** By the client's id and secret in the form, as the newer clients do. */
  async logIn(): Promise<this> {
    const { clientId = '', clientSecret = '' } = this.account.credentials
    const form = { grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret, scope: 'webapi' }
    const { body } = await this.askForToken(form)
    this.token = (body as { access_token: string }).access_token
    return this
  }

  askForToken(form: Record<string, string>, headers: Record<string, string> = {}): Promise<Reply> {
    return this.send('POST', '/connect/token', new URLSearchParams(form).toString(), {
      'content-type': 'application/x-www-form-urlencoded',
      ...headers,
    })
  }

  async send(method: string, path: string, body?: string, headers: Record<string, string> = {}): Promise<Reply> {
    const authorization: Record<string, string> = this.token === '' ? {} : { authorization: `Bearer ${this.token}` }
    const reply = await fetch(this.venue.base + path, {
      method,
      headers: { ...authorization, 'content-type': 'application/json', ...headers },
      ...(body === undefined ? {} : { body }),
    })
    const text = await reply.text()
    return {
      status: reply.status,
      headers: reply.headers,
      body: (text === '' ? null : JSON.parse(text)) as never,
      text,
    }
  }

  /** Version 2, on the MT4 platform. */
  async call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Envelope> {
    const text = body === undefined ? undefined : JSON.stringify(body)
    const reply = await this.send(method, `/api/v2/MT4/${this.platform}/${path}`, text, headers)
    if (reply.status !== 200) throw new Error(`${method} ${path}: HTTP ${reply.status}`)
    return reply.body
  }

  async read<Value>(path: string): Promise<Value> {
    const { data, error } = await this.call('GET', path)
    if (error !== null) throw new Error(`${path}: ${error.code} ${error.message}`)
    return data
  }

  trade(body: object, headers?: Record<string, string>): Promise<Envelope> {
    return this.call('POST', 'TradeTransaction', { orderBy: this.login, ...body }, headers)
  }
}
