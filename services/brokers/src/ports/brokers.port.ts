/** The venues that accounts can be connected to. Implemented by the adapters' registry. Must never change while running. */
import type { BrokerDefinition } from '@tradewire/broker-kit/define-broker'
import type { Venue } from '@tradewire/contracts/common'

export abstract class Brokers {
  abstract of(venue: Venue): BrokerDefinition
  abstract all(): readonly BrokerDefinition[]
}
