/** Answers which venues there are. Called over the bus. Must never decide anything. */
import { Controller } from '@nestjs/common'
import { Answer } from '@tradewire/bus/decorators'
import type { ReplyOf } from '@tradewire/contracts/define-rpc'
import * as rpc from '@tradewire/contracts/rpc/brokers'
import type { CodedError } from '@tradewire/kernel/errors'
import { ok, type Result } from '@tradewire/kernel/result'
import { ListVenues } from '../../use-cases/list-venues/list-venues.use-case.ts'

@Controller()
export class VenuesController {
  constructor(private readonly venues: ListVenues) {}

  @Answer(rpc.listVenues)
  list(): Promise<Result<ReplyOf<typeof rpc.listVenues>, CodedError>> {
    return Promise.resolve(ok({ items: this.venues.execute() }))
  }
}
