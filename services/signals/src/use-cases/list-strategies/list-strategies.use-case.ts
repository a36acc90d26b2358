/** Lists strategies. Called over RPC. Must never show a secret. */
import { Injectable } from '@nestjs/common'
import type { ReplyOf, RequestOf } from '@tradewire/contracts/define-rpc'
import type { listStrategies } from '@tradewire/contracts/rpc/signals'
import { pageById } from '@tradewire/database/page'
import type { CodedError } from '@tradewire/kernel/errors'
import type { Result } from '@tradewire/kernel/result'
import { viewStrategy } from '../../domain/views.ts'
import { Strategies } from '../../ports/strategies.port.ts'

@Injectable()
export class ListStrategies {
  constructor(private readonly strategies: Strategies) {}

  execute({
    page,
    active,
    venue,
    number,
  }: RequestOf<typeof listStrategies>): Promise<Result<ReplyOf<typeof listStrategies>, CodedError>> {
    return pageById(page, (window) => this.strategies.list({ ...window, active, venue, number }), viewStrategy)
  }
}
