/** Every venue of this release. Called by the session registry and the list of venues. Must never hold more than the list. */
import type { BrokerDefinition } from '@tradewire/broker-kit/define-broker'
import type { Venue } from '@tradewire/contracts/common'
import { binanceSpotBroker } from './ccxt/binance-spot.adapter.ts'
import { binanceUsdmBroker } from './ccxt/binance-usdm.adapter.ts'
import { paperBroker } from './paper/paper.adapter.ts'

const brokers: Readonly<Record<Venue, BrokerDefinition>> = {
  'binance-spot': binanceSpotBroker,
  'binance-usdm': binanceUsdmBroker,
  paper: paperBroker,
}

export function brokerOf(venue: Venue): BrokerDefinition {
  return brokers[venue]
}

export const allBrokers: readonly BrokerDefinition[] = Object.values(brokers)
