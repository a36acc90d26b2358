/**
 * A venue's hosts as pools of connections that all accounts of a process share. Called by adapters of plain REST.
 * Must never let two accounts open a pool each for one host.
 */
import type { BrokerDependencies } from '@tradewire/broker-kit/define-broker'
import { VenueHttp } from './venue-http.client.ts'

/** A base URL as the pool of its host and the path before every path. */
export interface Door {
  readonly http: VenueHttp
  readonly prefix: string
}

const shared = new WeakMap<BrokerDependencies, Map<string, VenueHttp>>()

export function doorOf(dependencies: BrokerDependencies, base: string): Door {
  const { origin, pathname } = new URL(base)
  const pools = shared.get(dependencies) ?? new Map<string, VenueHttp>()
  shared.set(dependencies, pools)
  const { connectionsMax, requestTimeoutMs } = dependencies
  const http = pools.get(origin) ?? new VenueHttp({ origin, connectionsMax, requestTimeoutMs })
  pools.set(origin, http)
  return { http, prefix: pathname.replace(/\/$/, '') }
}
