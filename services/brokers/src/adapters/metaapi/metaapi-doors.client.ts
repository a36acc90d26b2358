/**
 * Where the venue's hosts are. Called by the adapter.
 * Must never send an account's call to the host of another region.
 */
import type { BrokerDependencies, BrokerEnvironment } from '@tradewire/broker-kit/define-broker'
import { type Door, doorOf } from '#clients/venue-doors.client'

const paperPath = '/metaapi'
const liveProvisioningUrl = 'https://mt-provisioning-api-v1.agiliumtrade.agiliumtrade.ai'
const liveClientUrl = 'https://mt-client-api-v1.{region}.agiliumtrade.ai'
const regionText = /^[a-z0-9-]{1,40}$/
const regionDefault = 'new-york'

export class MetaapiDoors {
  constructor(
    private readonly dependencies: BrokerDependencies,
    private readonly environment: BrokerEnvironment,
  ) {}

  provisioning(): Door {
    return doorOf(this.dependencies, this.environment === 'paper' ? this.paperUrl() : liveProvisioningUrl)
  }

  /** Where the terminals of a region are. */
  terminals(region: string | undefined): Door {
    if (this.environment === 'paper') return doorOf(this.dependencies, this.paperUrl())
    const known = region !== undefined && regionText.test(region) ? region : regionDefault
    return doorOf(this.dependencies, liveClientUrl.replace('{region}', known))
  }

  private paperUrl(): string {
    return `${this.dependencies.paperUrl}${paperPath}`
  }
}
