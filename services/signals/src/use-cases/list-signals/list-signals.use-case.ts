/** Lists signals for the strategy's owner and for operators. Called over RPC. Must never show a secret. */
import { Injectable } from '@nestjs/common'
import type { ReplyOf, RequestOf } from '@tradewire/contracts/define-rpc'
import type { listSignals } from '@tradewire/contracts/rpc/signals'
import { pageById } from '@tradewire/database/page'
import type { CodedError } from '@tradewire/kernel/errors'
import type { UserId } from '@tradewire/kernel/ids'
import type { Result } from '@tradewire/kernel/result'
import { seesAll } from '@tradewire/contracts/caller'
import { viewSignal } from '../../domain/views.ts'
import { Signals } from '../../ports/signals.port.ts'

@Injectable()
export class ListSignals {
  constructor(private readonly signals: Signals) {}

  execute({
    caller,
    page,
    strategyId,
  }: RequestOf<typeof listSignals>): Promise<Result<ReplyOf<typeof listSignals>, CodedError>> {
    const ownerId = seesAll(caller) ? undefined : (caller.userId as UserId)
    return pageById(page, (window) => this.signals.list({ ...window, ownerId, strategyId }), viewSignal)
  }
}
