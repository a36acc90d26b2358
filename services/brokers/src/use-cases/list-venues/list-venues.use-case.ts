/** The venues with their credentials forms and what they can do. Called over RPC. Must never promise what no adapter does. */
import { Injectable } from '@nestjs/common'
import type { BrokerDefinition } from '@tradewire/broker-kit/define-broker'
import type { ReplyOf } from '@tradewire/contracts/define-rpc'
import type * as rpc from '@tradewire/contracts/rpc/venues'
import { z } from 'zod'
import { Brokers } from '#ports/brokers.port'

type VenueReply = ReplyOf<typeof rpc.listVenues>['items'][number]

@Injectable()
export class ListVenues {
  constructor(private readonly brokers: Brokers) {}

  execute(): VenueReply[] {
    return this.brokers.all().map(replyOf)
  }
}

function replyOf(definition: BrokerDefinition): VenueReply {
  const { capabilities } = definition
  const { field, lengthMax, uniqueness, readLagMs } = capabilities.clientId
  return {
    id: definition.id,
    title: definition.title,
    credentials: z.toJSONSchema(definition.credentials) as Record<string, unknown>,
    orderTypes: [...capabilities.orderTypes],
    trailing: capabilities.trailing,
    leverageMax: capabilities.leverage?.max ?? null,
    clientOrderId: { field, lengthMax, uniqueness, readLagMs },
    rateLimits: definition.rateLimits.map((limit) => ({ ...limit })),
  }
}
