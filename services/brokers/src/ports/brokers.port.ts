/** The venues that accounts can be connected to. Implemented by the adapters' registry. Must never change while running. */
import type { BrokerDefinition, PlatformToken } from '@tradewire/broker-kit/define-broker'
import type { Venue } from '@tradewire/contracts/common'

export abstract class Brokers {
  abstract of(venue: Venue): BrokerDefinition
  /** The platform's own token at this venue, if it has one. */
  abstract platformToken(venue: Venue): PlatformToken | undefined
  abstract all(): readonly BrokerDefinition[]
}
