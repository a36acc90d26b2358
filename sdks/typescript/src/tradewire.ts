/**
 * The Tradewire API as typed calls: one for each operation, by its name in the API document.
 * Called by programs of users, and by our own tests of the running system. Must never send a credential but to its URL.
 *
 *   const tradewire = await Tradewire.logIn('https://trade.example.com', { username, password })
 *   const { items } = await tradewire.call('listFollows', { query: { limit: 50 } })
 */
import { type Operations, type Route, routes } from './operations.ts'

export type OperationName = keyof Operations
type Reply<Name extends OperationName> = Operations[Name]['reply']
/** Params, query and body, as the operation has them. */
type Parts<Name extends OperationName> = Omit<Operations[Name], 'reply'>
type NeedsParts<Name extends OperationName> = Record<never, never> extends Parts<Name> ? false : true

export interface CallOptions {
  /** Ends the call. */
  readonly signal?: AbortSignal
  /** For operations that trade or bill: the same key again has no second effect. Made anew for each call when not given. */
  readonly idempotencyKey?: string
}

type Text = string | number | boolean

interface AnyParts {
  readonly params?: Readonly<Record<string, Text>>
  readonly query?: Readonly<Record<string, Text | undefined>>
  readonly body?: unknown
}

/** The API refused, or could not answer. `code` is stable; docs/errors.md lists them. */
export class TradewireError extends Error {
  override readonly name = 'TradewireError'

  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly details: unknown,
    /** When to try again, where the API says so. */
    readonly retryAfterSeconds: number | undefined,
  ) {
    super(message)
  }
}

export class Tradewire {
  private readonly url: string
  private token: string
  private refreshToken: string | undefined
  private refreshing: Promise<void> | undefined

  private constructor(url: string, token: string, refreshToken?: string) {
    this.url = url.replace(/\/$/, '')
    this.token = token
    this.refreshToken = refreshToken
  }

  /** With an API key or an access token; without either, for public operations. */
  static withToken(url: string, token = ''): Tradewire {
    return new Tradewire(url, token)
  }

  /** Renews its access token by itself for as long as the session lasts. */
  static async logIn(url: string, login: Operations['logIn']['body']): Promise<Tradewire> {
    const { accessToken, refreshToken } = await Tradewire.withToken(url).call('logIn', { body: login })
    return new Tradewire(url, accessToken, refreshToken)
  }

  async call<Name extends OperationName>(
    name: Name,
    ...[parts, options]: NeedsParts<Name> extends true
      ? [parts: Parts<Name>, options?: CallOptions]
      : [parts?: Parts<Name>, options?: CallOptions]
  ): Promise<Reply<Name>> {
    const route: Route = routes[name]
    const headers = route.once ? { 'idempotency-key': options?.idempotencyKey ?? crypto.randomUUID() } : {}
    const send = () => this.send(route, parts ?? {}, { headers, signal: options?.signal })
    const { token } = this
    let response = await send()
    if (response.status === 401 && (await this.isRenewed(token))) response = await send()
    if (!response.ok) throw await errorOf(response)
    return (await contentOf(response)) as Reply<Name>
  }

  /** Every item of a list, page by page. */
  async *every<Name extends ListName>(name: Name, parts: Parts<Name>): AsyncGenerator<Item<Name>> {
    let nextToken: string | null | undefined
    do {
      const { query } = parts as AnyParts
      const page = { ...parts, query: { ...query, ...(nextToken ? { nextToken } : {}) } }
      const reply = (await this.call(name, ...([page] as never))) as Page<Item<Name>>
      yield* reply.items
      nextToken = reply.nextToken
    } while (nextToken)
  }

  /** Whether there is a newer token than the one that was refused; if a session can give one, it is asked to. */
  private async isRenewed(refused: string): Promise<boolean> {
    if (this.token === refused && (this.refreshing !== undefined || this.refreshToken !== undefined))
      await this.refresh()
    return this.token !== refused
  }

  /** One renewal at a time: a refresh token may be used once. */
  private refresh(): Promise<void> {
    this.refreshing ??= (async () => {
      try {
        const refreshToken = this.refreshToken ?? ''
        this.refreshToken = undefined
        const session = await Tradewire.withToken(this.url).call('refreshSession', { body: { refreshToken } })
        this.token = session.accessToken
        this.refreshToken = session.refreshToken
      } finally {
        this.refreshing = undefined
      }
    })()
    return this.refreshing
  }

  private send(
    { method, path }: Route,
    { params = {}, query = {}, body }: AnyParts,
    {
      headers,
      signal,
    }: { readonly headers: Readonly<Record<string, string>>; readonly signal: AbortSignal | undefined },
  ): Promise<Response> {
    const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(params[name])))
    const search = new URLSearchParams(
      Object.entries(query).flatMap(([key, value]) =>
        value === undefined ? [] : [[key, String(value)] as [string, string]],
      ),
    ).toString()
    return fetch(`${this.url}${filled}${search === '' ? '' : `?${search}`}`, {
      method,
      headers: {
        ...headers,
        ...(this.token === '' ? {} : { authorization: `Bearer ${this.token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
    })
  }
}

interface Page<Item> {
  readonly items: readonly Item[]
  readonly nextToken?: string | null
}

type ListName = {
  [Name in OperationName]: Reply<Name> extends { items: readonly unknown[]; nextToken: string | null } ? Name : never
}[OperationName]
type Item<Name extends OperationName> = Reply<Name> extends { items: readonly (infer One)[] } ? One : never

/** JSON as what it says; an invoice or a statement as its bytes. */
async function contentOf(response: Response): Promise<unknown> {
  if (response.headers.get('content-disposition')?.startsWith('attachment') === true) {
    return new Uint8Array(await response.arrayBuffer())
  }
  const text = await response.text()
  return text === '' ? undefined : JSON.parse(text)
}

async function errorOf(response: Response): Promise<TradewireError> {
  const { error, message } = (await response.json().catch(() => ({}))) as {
    readonly error?: { readonly code?: string; readonly message?: string; readonly details?: unknown }
    readonly message?: string
  }
  const wait = response.headers.get('retry-after')
  return new TradewireError(
    response.status,
    error?.code ?? `HTTP_${response.status}`,
    error?.message ?? message ?? response.statusText,
    error?.details,
    wait === null ? undefined : Number(wait),
  )
}
