/**
 * The public REST API, called as any client would. Called by the commands that ask it, the demo and the drill.
 * Must never reach around the gateway for what the API offers.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { request } from 'undici'
import { commandIn } from '../home/command-in.ts'
import type { Home } from '../home/home.ts'
import { detailText, exitCodes, LauncherError } from '../terminal/launcher-error.ts'
import { readEndpoints } from '../up/endpoints.ts'

export interface Login {
  readonly username: string
  readonly password: string
}

interface ErrorBody {
  readonly error?: { readonly code: string; readonly message: string; readonly details?: unknown }
}

export class GatewayError extends LauncherError {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(`the gateway answered ${status} ${code}: ${message}`)
  }
}

function refused(status: number, { error }: ErrorBody): GatewayError {
  return new GatewayError(status, error?.code ?? 'UNKNOWN', `${error?.message ?? ''}${detailText(error?.details)}`)
}

const pageRows = 200
/** A part that is being restarted answers 503 or not at all: the demo goes on once it is back. */
const unavailableRetriesMax = 120
const unavailableWaitMs = 500
const unavailableStatus = 503

export class GatewayClient {
  private access: string | undefined

  constructor(
    private readonly url: string,
    private readonly login: Login,
    private readonly wait: (ms: number) => Promise<void>,
  ) {}

  /** The operator of a running home, at its gateway. */
  static async of(home: Home): Promise<GatewayClient> {
    const { gateway, operator } = await readEndpoints(home)
    if (gateway !== undefined && operator !== undefined) return new GatewayClient(gateway, operator, delay)
    const what = gateway === undefined ? 'no gateway runs' : 'the password of the operator is not known'
    throw new LauncherError(`${what} in ${home.root}`, commandIn(home, 'up --services all'), exitCodes.notRunning)
  }

  get<Reply>(path: string): Promise<Reply> {
    return this.call<Reply>('GET', path)
  }

  post<Reply>(path: string, body: object = {}): Promise<Reply> {
    return this.call<Reply>('POST', path, { body, repeatable: false })
  }

  /** A POST that does no harm when it is sent again because nobody knows whether it arrived. */
  postAgain<Reply>(path: string, body: object = {}): Promise<Reply> {
    return this.call<Reply>('POST', path, { body, repeatable: true })
  }

  /** Every page of a list. */
  async all<Item>(path: string): Promise<Item[]> {
    const items: Item[] = []
    await this.eachPage<Item>(path, (page) => items.push(...page))
    return items
  }

  async eachPage<Item>(path: string, take: (items: readonly Item[]) => void): Promise<void> {
    let token: string | null = null
    do {
      const separator = path.includes('?') ? '&' : '?'
      const next: string = token === null ? '' : `&nextToken=${encodeURIComponent(token)}`
      const page: { items: Item[]; nextToken: string | null } = await this.get(
        `${path}${separator}limit=${pageRows}${next}`,
      )
      take(page.items)
      token = page.nextToken
    } while (token !== null)
  }

  /** For callers that write their requests themselves; `renewed` when the one before was refused. */
  async token(renewed = false): Promise<string> {
    if (renewed) this.access = undefined
    this.access ??= await this.logIn()
    return this.access
  }

  private async call<Reply>(
    method: 'GET' | 'POST',
    path: string,
    { body, repeatable }: { readonly body?: object; readonly repeatable: boolean } = { repeatable: true },
  ): Promise<Reply> {
    for (let retry = 0; ; retry += 1) {
      this.access ??= await this.logIn()
      const { status, reply } = await this.send<Reply & ErrorBody>(method, path, body)
      if (status < 300) return reply
      // Access tokens last ten minutes; a long demo outlives one.
      if (status === 401 && retry === 0) this.access = undefined
      else if (status === unavailableStatus && retry < unavailableRetriesMax && repeatable) {
        await this.wait(unavailableWaitMs)
      } else throw refused(status, reply)
    }
  }

  private async logIn(): Promise<string> {
    for (let retry = 0; ; retry += 1) {
      const { status, reply } = await this.send<{ accessToken: string } & ErrorBody>(
        'POST',
        '/v1/auth/login',
        this.login,
      )
      if (status < 300) return reply.accessToken
      if (status !== unavailableStatus || retry >= unavailableRetriesMax) {
        throw refused(status, reply)
      }
      await this.wait(unavailableWaitMs)
    }
  }

  /** A gateway that cannot be reached counts as one that is unavailable. */
  private async send<Reply>(method: 'GET' | 'POST', path: string, body?: object) {
    try {
      return await this.exchange<Reply>(method, path, body)
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error)
      return { status: unavailableStatus, reply: { error: { code: 'UNREACHABLE', message } } as Reply }
    }
  }

  private async exchange<Reply>(method: 'GET' | 'POST', path: string, body?: object) {
    const answer = await request(this.url + path, {
      method,
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(this.access === undefined ? {} : { authorization: `Bearer ${this.access}` }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await answer.body.text()
    return { status: answer.statusCode, reply: (text === '' ? {} : JSON.parse(text)) as Reply }
  }
}
