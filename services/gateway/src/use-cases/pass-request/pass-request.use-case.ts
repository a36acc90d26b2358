/** Passes one request on to the service that it is for. Called by the routes that are passed on. Must never look into it. */
import { Injectable } from '@nestjs/common'
import type { CodedError } from '@tradewire/kernel/errors'
import type { Result } from '@tradewire/kernel/result'
import { type Neighbour, Neighbours, type RawReply, type RawRequest } from '#ports/neighbours.port'

@Injectable()
export class PassRequest {
  constructor(private readonly neighbours: Neighbours) {}

  /** Fails with ALERTS_UNAVAILABLE or PAYMENTS_UNAVAILABLE. */
  execute(to: Neighbour, request: RawRequest): Promise<Result<RawReply, CodedError>> {
    return this.neighbours.pass(to, request)
  }
}
