/**
 * One ccxt exchange per venue and environment, shared by all its accounts, and light sessions made from it.
 * Called by the adapters when the first account of a venue connects: the import costs tens of megabytes.
 * A session must never sign with another account's key; the reasons are at `ownedEndpoints`.
 */
import { createHmac } from 'node:crypto'
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import type { BrokerDependencies, BrokerEnvironment } from '@tradewire/broker-kit/define-broker'
import { VenueHttp } from '#clients/venue-http.client'
import { VenueTransportError } from './ccxt-error.map.ts'

type Parameters = Record<string, unknown> | readonly Record<string, unknown>[]
type Endpoint = (parameters?: Parameters) => Promise<unknown>

/** The part of ccxt's exchange that is used here. */
export interface CcxtExchange {
  apiKey: string
  secret: string
  password?: string
  options: Record<string, unknown>
  markets: Record<string, CcxtMarket> | undefined
  last_response_headers: Record<string, string> | undefined
  loadMarkets(): Promise<Record<string, CcxtMarket>>
  fetchMarkets(): Promise<readonly CcxtMarket[]>
  setMarkets(markets: readonly CcxtMarket[]): unknown
  /** Ours: reads the venue's markets anew for all its accounts, unless that was a moment ago. */
  rereadMarkets(): Promise<void>
  market(symbol: string): CcxtMarket
  createOrder(
    symbol: string,
    type: string,
    side: string,
    amount: string,
    price: string | undefined,
    parameters: Parameters,
  ): Promise<{ info: unknown }>
  cancelOrder(id: string | undefined, symbol: string, parameters: Parameters): Promise<{ info: unknown }>
  fetchOrder(id: string | undefined, symbol: string, parameters: Parameters): Promise<{ info: unknown }>
  loadTimeDifference(): Promise<number>
  readonly [endpoint: `${'binance' | 'fapi' | 'private' | 'public' | 'sapi' | 'v3'}${string}`]: Endpoint
}

export interface CcxtMarket {
  readonly id: string
  readonly symbol: string
  readonly base: string
  readonly quote: string
  readonly active: boolean
  readonly spot: boolean
  readonly linear: boolean | undefined
  readonly swap: boolean | undefined
  /** As the venue told it. */
  readonly info: Readonly<Record<string, unknown>>
}

export type CcxtVenue = 'binance' | 'binanceusdm' | 'cex' | 'coinbase' | 'okx' | 'tokocrypto'
type ExchangeClass = new (settings: object) => CcxtExchange

/** As many accounts ask for the markets when they are connected together. */
const marketsFreshMs = 600_000
const timeoutSlackMs = 5_000
const recvWindowMs = 10_000

/**
 * ccxt publishes one entry point for all its hundred exchanges (300 ms, 135 MB). Its files can be imported singly by
 * absolute URL (115 ms, 77 MB), which its `exports` field allows for no bare specifier; the version is pinned exactly.
 */
async function importExchange(venue: CcxtVenue): Promise<ExchangeClass> {
  const entry = createRequire(import.meta.url).resolve('ccxt')
  const file = new URL(`../js/src/${venue}.js`, pathToFileURL(entry))
  const module = (await import(file.href)) as { default: ExchangeClass }
  return module.default
}

/**
 * ccxt's constructor makes every endpoint an arrow function bound to the instance it was made on, so an object that
 * inherits from a shared exchange would sign with the shared exchange's key. This subclass makes them plain functions:
 * `this` is then the account's session.
 */
function ownedEndpoints(Base: ExchangeClass): ExchangeClass {
  interface EndpointMaker {
    capitalize(text: string): string
  }
  type Request = (
    path: string,
    api: unknown,
    method: string,
    parameters: Parameters,
    ...rest: unknown[]
  ) => Promise<unknown>
  const capitalize = (maker: EndpointMaker, text: string): string => maker.capitalize(text)

  // The signature is ccxt's own.
  class Owned extends (Base as new (settings: object) => object) {
    /** ccxt's own rounds to the venue's step in silence: what was decided is what is sent, and the venue may refuse it. */
    amountToPrecision(_symbol: string, amount: unknown): unknown {
      return asText(amount)
    }

    priceToPrecision(_symbol: string, price: unknown): unknown {
      return asText(price)
    }

    // tidy-allow ratchet-parameters: ccxt calls it with these
    defineRestApiEndpoint(
      methodName: string,
      uppercaseMethod: string,
      _lowercaseMethod: string,
      camelcaseMethod: string,
      path: string,
      paths: readonly string[],
      config: object = {},
    ): void {
      const maker = this as unknown as EndpointMaker
      const suffix = path
        .split(/[^a-zA-Z0-9]/)
        .map((part) => capitalize(maker, part))
        .join('')
      const prefix = [paths[0] ?? '', ...paths.slice(1).map((part) => capitalize(maker, part))].join('')
      const api = paths.length > 1 ? paths : paths[0]
      const endpoint = function endpoint(
        this: Record<string, Request>,
        parameters: Parameters = {},
        context: object = {},
      ) {
        const request = this[methodName]
        if (request === undefined) throw new Error(`ccxt has no ${methodName}`)
        return request.call(this, path, api, uppercaseMethod, parameters, undefined, undefined, config, context)
      }
      Object.defineProperty(this, prefix + camelcaseMethod + capitalize(maker, suffix), { value: endpoint })
    }
  }
  return Owned as unknown as ExchangeClass
}

/** Our amounts are text already; ccxt's own few are small whole numbers, or nothing. */
function asText(value: unknown): unknown {
  return typeof value === 'number' ? String(value) : value
}

interface FetchOptions {
  readonly method: VenueRequestMethod
  readonly headers: Record<string, string>
  readonly body?: string
}
type VenueRequestMethod = 'GET' | 'POST' | 'PUT' | 'DELETE'

/** What ccxt needs of a fetch response. */
interface FetchReply {
  readonly status: number
  readonly statusText: string
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  text(): Promise<string>
}

/** By ccxt's names. */
export interface CcxtCredentials {
  readonly apiKey: string
  readonly secret: string
  readonly password?: string
}

export interface SharedExchangeOptions {
  readonly venue: CcxtVenue
  readonly environment: BrokerEnvironment
  /** Path of this venue at the paper service. */
  readonly paperPath: string
  readonly marketTypes: readonly string[]
  /** More of ccxt's own options. */
  readonly more?: Readonly<Record<string, unknown>>
  readonly dependencies: BrokerDependencies
}

export class SharedExchange {
  private readonly pools = new Map<string, VenueHttp>()
  private exchange: Promise<CcxtExchange> | null = null
  private rereading: Promise<void> | null = null
  private readAtMs = 0

  constructor(private readonly options: SharedExchangeOptions) {}

  /** An account's own view: own key, own options, own last headers; markets and code are shared. */
  async session(credentials: CcxtCredentials): Promise<CcxtExchange> {
    const shared = await this.shared()
    const session = Object.create(shared) as CcxtExchange
    session.apiKey = credentials.apiKey
    session.secret = credentials.secret
    if (credentials.password !== undefined) session.password = credentials.password
    session.options = { ...shared.options }
    session.last_response_headers = undefined
    session.rereadMarkets = () => this.reread(shared)
    return session
  }

  /** Rejects when the venue cannot be reached; the next call tries again. */
  private shared(): Promise<CcxtExchange> {
    this.exchange ??= this.load().catch((cause: unknown) => {
      this.exchange = null
      throw cause
    })
    return this.exchange
  }

  private reread(shared: CcxtExchange): Promise<void> {
    const { clock } = this.options.dependencies
    if (clock.monotonicMs() - this.readAtMs < marketsFreshMs) return Promise.resolve()
    // Not the library's own reload: one that fails would be what every later call of any account is answered with.
    const read = async (): Promise<void> => {
      shared.setMarkets(await shared.fetchMarkets())
      this.readAtMs = clock.monotonicMs()
    }
    this.rereading ??= read().finally(() => (this.rereading = null))
    return this.rereading
  }

  private async load(): Promise<CcxtExchange> {
    const Exchange = ownedEndpoints(await importExchange(this.options.venue))
    const exchange = new Exchange({
      // Our own bucket spends the venue's budget: ccxt's knows neither other processes nor exits before entries.
      enableRateLimit: false,
      enableLastHttpResponse: false,
      maxRetriesOnFailure: 0,
      timeout: this.options.dependencies.requestTimeoutMs + timeoutSlackMs,
      fetchImplementation: (url: string, options: FetchOptions) => this.fetch(url, options),
      hmac: signHmac,
      options: {
        fetchMarkets: { types: this.options.marketTypes },
        fetchCurrencies: false,
        fetchMargins: false,
        warnOnFetchOpenOrdersWithoutSymbol: false,
        recvWindow: recvWindowMs,
        maxRetriesOnFailure: 0,
        ...this.options.more,
      },
    })
    ;(exchange as unknown as { has: Record<string, unknown> }).has['fetchCurrencies'] = false
    await exchange.loadMarkets()
    this.readAtMs = this.options.dependencies.clock.monotonicMs()
    return exchange
  }

  /** Real host names stay in the URL that ccxt maps errors by; only the connection goes to the paper service. */
  private async fetch(url: string, options: FetchOptions): Promise<FetchReply> {
    const { origin, pathname, search } = new URL(url)
    const paper = this.options.environment === 'paper'
    const paperUrl = new URL(this.options.dependencies.paperUrl)
    const prefix = paper ? `${paperUrl.pathname.replace(/\/$/, '')}${this.options.paperPath}` : ''
    const reply = await this.poolOf(paper ? paperUrl.origin : origin).send({
      method: options.method,
      path: `${prefix}${pathname}${search}`,
      headers: options.headers,
      body: options.body ?? null,
    })
    if (!reply.ok) throw new VenueTransportError(reply.error.kind === 'lost', reply.error.message)
    const { status, statusText, headers, text } = reply.value
    return { status, statusText, headers, text: () => Promise.resolve(text) }
  }

  private poolOf(origin: string): VenueHttp {
    const known = this.pools.get(origin)
    if (known !== undefined) return known
    const { connectionsMax, requestTimeoutMs } = this.options.dependencies
    const pool = new VenueHttp({ origin, connectionsMax, requestTimeoutMs })
    this.pools.set(origin, pool)
    return pool
  }
}

/** Node's own HMAC: ccxt's JavaScript one costs ten times as much per order. All venues here sign with SHA-256. */
function signHmac(
  text: Uint8Array | string,
  secret: Uint8Array | string,
  _hash: unknown,
  digest: 'hex' | 'base64' = 'hex',
): string {
  return createHmac('sha256', secret).update(text).digest(digest)
}

const exchanges = new WeakMap<BrokerDependencies, Map<string, SharedExchange>>()

/** The one exchange of a venue and environment in this process, made at the first call. */
export function sharedExchange(options: SharedExchangeOptions): SharedExchange {
  const { dependencies, environment, venue, marketTypes } = options
  const known = exchanges.get(dependencies) ?? new Map<string, SharedExchange>()
  exchanges.set(dependencies, known)
  const name = `${venue} ${marketTypes.join()} ${environment}`
  const shared = known.get(name) ?? new SharedExchange(options)
  known.set(name, shared)
  return shared
}
