/** Every venue of this release. Called by sessions and the list of venues. Must never hold more than the list. */
import { Injectable } from '@nestjs/common'
import type { BrokerDefinition, PlatformToken } from '@tradewire/broker-kit/define-broker'
import type { Venue } from '@tradewire/contracts/common'
import { InjectConfig } from '@tradewire/nest-kit/tokens'
import { type BrokersConfig, platformTokensOf } from '#config'
import { Brokers } from '#ports/brokers.port'
import { binanceSpotBroker } from './binance/binance-spot.adapter.ts'
import { binanceUsdmBroker } from './binance/binance-usdm.adapter.ts'
import { cexBroker } from './cex/cex.adapter.ts'
import { coinbaseBroker } from './coinbase/coinbase.adapter.ts'
import { metaapiBroker } from './metaapi/metaapi.adapter.ts'
import { mtManagerBroker } from './mt-manager/mt-manager.adapter.ts'
import { okxSpotBroker } from './okx/okx-spot.adapter.ts'
import { okxSwapBroker } from './okx/okx-swap.adapter.ts'
import { paperBroker } from './paper/paper.adapter.ts'
import { tokocryptoBroker } from './tokocrypto/tokocrypto.adapter.ts'
import { xapiBroker } from './xapi/xapi.adapter.ts'

const brokers: Readonly<Record<Venue, BrokerDefinition>> = {
  'binance-spot': binanceSpotBroker,
  'binance-usdm': binanceUsdmBroker,
  cex: cexBroker,
  coinbase: coinbaseBroker,
  metaapi: metaapiBroker,
  'mt-manager': mtManagerBroker,
  'okx-spot': okxSpotBroker,
  'okx-swap': okxSwapBroker,
  paper: paperBroker,
  tokocrypto: tokocryptoBroker,
  xapi: xapiBroker,
}

export const allBrokers: readonly BrokerDefinition[] = Object.values(brokers)

@Injectable()
export class BrokerRegistry extends Brokers {
  constructor(@InjectConfig() private readonly config: BrokersConfig) {
    super()
  }

  platformToken(venue: Venue): PlatformToken | undefined {
    return platformTokensOf(this.config)[venue]
  }

  of(venue: Venue): BrokerDefinition {
    return brokers[venue]
  }

  all(): readonly BrokerDefinition[] {
    return allBrokers
  }
}
