/**
 * Where everything of a running home is reached: the content of endpoints.json. Called by `up` and the paper commands.
 * Must be written readable for its owner only: it holds passwords.
 */
import type { Environment } from '@tradewire/config/environment'
import { exitCodes, LauncherError } from '../terminal/launcher-error.ts'
import { commandIn } from '../home/command-in.ts'
import { type Home, readJson } from '../home/home.ts'
import type { ServiceName } from '../services/catalogue.ts'
import type { OperatorLogin } from './operator.ts'

export interface XapiTcp {
  /** tcp://host:port or tls://host:port */
  readonly main: string
  readonly stream: string
  /** What a client trusts to reach the TLS ports: the file that PAPER_XAPI_TLS_CERTIFICATE_FILE names. */
  readonly caFile?: string
}

export interface PaperEndpoints {
  readonly control: string
  readonly binanceSpot: string
  readonly binanceUsdm: string
  readonly cex: string
  readonly coinbase: string
  readonly metaapi: string
  readonly mtManager: string
  readonly okx: string
  readonly direct: string
  readonly tokocrypto: string
  /** Websockets. */
  readonly xapi: string
  /** The same as plain TCP, or TLS where a certificate is set. */
  readonly xapiTcp?: XapiTcp
}

export interface Endpoints {
  readonly gateway?: string
  /** Of the gateway, whose own port is public and has none; every other service has them beside its health. */
  readonly metrics?: string
  readonly signals?: string
  readonly nats: string
  /** The administrator's URL. */
  readonly database: string
  readonly redis: string
  readonly paper?: PaperEndpoints
  readonly operator?: OperatorLogin
}

export interface EndpointsInput {
  readonly natsUrl: string
  readonly databaseUrl: string
  readonly redisUrl: string
  /** URL of each service that runs. */
  readonly services: Readonly<Partial<Record<ServiceName, string>>>
  readonly operator: OperatorLogin | undefined
  /** What the services were started with. */
  readonly environment: Environment
}

export function endpointsOf(input: EndpointsInput): Endpoints {
  const { gateway, signals, paper } = input.services
  return {
    ...(gateway === undefined ? {} : { gateway, ...metricsOf(input.environment) }),
    ...(signals === undefined ? {} : { signals }),
    nats: input.natsUrl,
    database: input.databaseUrl,
    redis: input.redisUrl,
    ...(paper === undefined ? {} : { paper: paperEndpoints(paper, input.environment) }),
    ...(input.operator === undefined ? {} : { operator: input.operator }),
  }
}

const everywhere = new Set(['0.0.0.0', '::'])

function metricsOf({ GATEWAY_OPERATIONS_HOST: host, GATEWAY_OPERATIONS_PORT: port }: Environment) {
  if (!port) return {}
  return { metrics: `http://${!host || everywhere.has(host) ? '127.0.0.1' : host}:${port}/metrics` }
}

function paperEndpoints(base: string, environment: Environment): PaperEndpoints {
  const xapiTcp = xapiTcpOf(new URL(base).hostname, environment)
  return {
    control: `${base}/control`,
    binanceSpot: `${base}/binance-spot`,
    binanceUsdm: `${base}/binance-usdm`,
    cex: `${base}/cex`,
    coinbase: `${base}/coinbase`,
    metaapi: `${base}/metaapi`,
    mtManager: `${base}/mt-manager`,
    okx: `${base}/okx`,
    direct: `${base}/direct`,
    tokocrypto: `${base}/tokocrypto`,
    xapi: `${base.replace(/^http/, 'ws')}/xapi`,
    ...(xapiTcp === undefined ? {} : { xapiTcp }),
  }
}

function xapiTcpOf(host: string, environment: Environment): XapiTcp | undefined {
  const { PAPER_XAPI_MAIN_PORT: main, PAPER_XAPI_STREAM_PORT: stream } = environment
  if (!main || !stream) return undefined
  const { PAPER_XAPI_TLS_CERTIFICATE: text, PAPER_XAPI_TLS_CERTIFICATE_FILE: caFile } = environment
  const scheme = text || caFile ? 'tls' : 'tcp'
  return { main: `${scheme}://${host}:${main}`, stream: `${scheme}://${host}:${stream}`, ...(caFile ? { caFile } : {}) }
}

/** The endpoints of a running home; a clear failure when nothing runs there. */
export async function readEndpoints(home: Home): Promise<Endpoints> {
  const endpoints = await readJson<Endpoints>(home.endpointsFile)
  if (endpoints !== undefined) return endpoints
  throw new LauncherError(`nothing runs in ${home.root}`, commandIn(home, 'up'), exitCodes.notRunning)
}
