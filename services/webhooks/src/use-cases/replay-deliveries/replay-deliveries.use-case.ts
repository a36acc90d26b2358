/** Sends deliveries again: same bytes, same id. Called over RPC. Must never replay what is still under way. */
import { Injectable } from '@nestjs/common'
import { visibleTo } from '@tradewire/contracts/caller'
import type { ReplyOf, RequestOf } from '@tradewire/contracts/define-rpc'
import type { replayWebhookDeliveries } from '@tradewire/contracts/rpc/webhooks'
import { Database } from '@tradewire/database/database'
import type { Transaction } from '@tradewire/database/transaction'
import type { CodedError } from '@tradewire/kernel/errors'
import { ok, type Result } from '@tradewire/kernel/result'
import { Deliveries } from '../../ports/deliveries.port.ts'
import { GetEndpoint } from '../get-endpoint/get-endpoint.use-case.ts'

@Injectable()
export class ReplayDeliveries {
  constructor(
    private readonly database: Database,
    private readonly getEndpoint: GetEndpoint,
    private readonly deliveries: Deliveries,
  ) {}

  async execute({
    caller,
    endpointId,
    which,
  }: RequestOf<typeof replayWebhookDeliveries>): Promise<Result<ReplyOf<typeof replayWebhookDeliveries>, CodedError>> {
    const endpoint = await this.getEndpoint.execute({ caller, endpointId })
    if (!endpoint.ok) return endpoint
    const owner = visibleTo(caller)
    const replay = (tx: Transaction) => this.deliveries.replay(tx, endpointId, which)
    return ok({ queued: await this.database.transactOwn(owner, replay) })
  }
}
