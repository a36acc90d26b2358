/**
 * Where everything of a running home is reached: the content of endpoints.json. Called by `up` and the paper commands.
 * Must be written readable for its owner only: it holds passwords.
 */
import { exitCodes, LauncherError } from '../terminal/launcher-error.ts'
import { type Home, readJson } from '../home/home.ts'
import type { ServiceName } from '../services/catalogue.ts'
import type { OperatorLogin } from './operator.ts'

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
  /** Websockets; TCP stands where PAPER_XAPI_MAIN_PORT and PAPER_XAPI_STREAM_PORT say. */
  readonly xapi: string
}

export interface Endpoints {
  readonly gateway?: string
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
}

export function endpointsOf(input: EndpointsInput): Endpoints {
  const { gateway, signals, paper } = input.services
  return {
    ...(gateway === undefined ? {} : { gateway }),
    ...(signals === undefined ? {} : { signals }),
    nats: input.natsUrl,
    database: input.databaseUrl,
    redis: input.redisUrl,
    ...(paper === undefined ? {} : { paper: paperEndpoints(paper) }),
    ...(input.operator === undefined ? {} : { operator: input.operator }),
  }
}

function paperEndpoints(base: string): PaperEndpoints {
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
  }
}

/** The endpoints of a running home; a clear failure when nothing runs there. */
export async function readEndpoints(home: Home): Promise<Endpoints> {
  const endpoints = await readJson<Endpoints>(home.endpointsFile)
  if (endpoints !== undefined) return endpoints
  throw new LauncherError(`nothing runs in ${home.root}`, './tradewire up', exitCodes.notRunning)
}
