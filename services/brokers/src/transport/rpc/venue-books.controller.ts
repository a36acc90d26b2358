/** Answers what accounts hold, order and traded at their venues. Called over the bus. Must never decide anything. */
import { Controller } from '@nestjs/common'
import { Answer } from '@tradewire/bus/decorators'
import type { RequestOf } from '@tradewire/contracts/define-rpc'
import * as rpc from '@tradewire/contracts/rpc/venue-books'
import { ListVenueFills } from '../../use-cases/list-venue-fills/list-venue-fills.use-case.ts'
import { ListVenueOrders } from '../../use-cases/list-venue-orders/list-venue-orders.use-case.ts'
import { ListVenuePositions } from '../../use-cases/list-venue-positions/list-venue-positions.use-case.ts'

@Controller()
export class VenueBooksController {
  constructor(
    private readonly orders: ListVenueOrders,
    private readonly positions: ListVenuePositions,
    private readonly fills: ListVenueFills,
  ) {}

  @Answer(rpc.listVenueOrders)
  listOrders(request: RequestOf<typeof rpc.listVenueOrders>) {
    return this.orders.execute(request)
  }

  @Answer(rpc.listVenuePositions)
  listPositions(request: RequestOf<typeof rpc.listVenuePositions>) {
    return this.positions.execute(request)
  }

  @Answer(rpc.listVenueFills)
  listFills(request: RequestOf<typeof rpc.listVenueFills>) {
    return this.fills.execute(request)
  }
}
