/**
 * The venue's hosts as pools of connections that all accounts of a process share. Called by the adapter.
 * Must never send an account's call to the host of another region.
 */
import type { BrokerDependencies, BrokerEnvironment } from '@tradewire/broker-kit/define-broker'
import { VenueHttp } from '#clients/venue-http.client'
import type { Door } from './metaapi-api.client.ts'

const paperPath = '/metaapi'
const liveProvisioningUrl = 'https://mt-provisioning-api-v1.agiliumtrade.agiliumtrade.ai'
const liveClientUrl = 'https://mt-client-api-v1.{region}.agiliumtrade.ai'
const regionText = /^[a-z0-9-]{1,40}$/
const regionDefault = 'new-york'

const shared = new WeakMap<BrokerDependencies, Map<string, VenueHttp>>()

export class MetaapiDoors {
  constructor(
    private readonly dependencies: BrokerDependencies,
    private readonly environment: BrokerEnvironment,
  ) {}

  provisioning(): Door {
    return this.doorOf(this.environment === 'paper' ? this.paperUrl() : liveProvisioningUrl)
  }

  /** Where the terminals of a region are. */
  terminals(region: string | undefined): Door {
    if (this.environment === 'paper') return this.doorOf(this.paperUrl())
    const known = region !== undefined && regionText.test(region) ? region : regionDefault
    return this.doorOf(liveClientUrl.replace('{region}', known))
  }

  private paperUrl(): string {
    return `${this.dependencies.paperUrl}${paperPath}`
  }

  private doorOf(base: string): Door {
    const { origin, pathname } = new URL(base)
    const pools = shared.get(this.dependencies) ?? new Map<string, VenueHttp>()
    shared.set(this.dependencies, pools)
    const { connectionsMax, requestTimeoutMs } = this.dependencies
    const http = pools.get(origin) ?? new VenueHttp({ origin, connectionsMax, requestTimeoutMs })
    pools.set(origin, http)
    return { http, prefix: pathname.replace(/\/$/, '') }
  }
}
