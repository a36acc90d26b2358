/** Answers which venues there are, and their prices. Called over the bus. Must never decide anything. */
import { Controller } from '@nestjs/common'
import { Answer } from '@tradewire/bus/decorators'
import type { ReplyOf, RequestOf } from '@tradewire/contracts/define-rpc'
import * as rpc from '@tradewire/contracts/rpc/venues'
import type { CodedError } from '@tradewire/kernel/errors'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { refusalOfProbe } from '#brokers.errors'
import { ListVenues } from '../../use-cases/list-venues/list-venues.use-case.ts'
import { ReadPrices } from '../../use-cases/read-prices/read-prices.use-case.ts'

@Controller()
export class VenuesController {
  constructor(
    private readonly venues: ListVenues,
    private readonly prices: ReadPrices,
  ) {}

  @Answer(rpc.listVenues)
  list(): Promise<Result<ReplyOf<typeof rpc.listVenues>, CodedError>> {
    return Promise.resolve(ok({ items: this.venues.execute() }))
  }

  @Answer(rpc.readPrices)
  async read({
    symbols,
    ...place
  }: RequestOf<typeof rpc.readPrices>): Promise<Result<ReplyOf<typeof rpc.readPrices>, CodedError>> {
    const prices = await this.prices.execute(place, symbols)
    if (!prices.ok) return err(refusalOfProbe(prices.error))
    return ok({ items: prices.value.map(({ symbol, price }) => ({ symbol, price })) })
  }
}
