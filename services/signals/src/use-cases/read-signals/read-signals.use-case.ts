/** Shows signals to the strategy's owner and to operators. Called over RPC. Must never show a secret. */
import { Injectable } from '@nestjs/common'
import type { ReplyOf, RequestOf } from '@tradewire/contracts/define-rpc'
import type { getSignal, listSignals } from '@tradewire/contracts/rpc/signals'
import { pageById } from '@tradewire/database/page'
import type { CodedError } from '@tradewire/kernel/errors'
import type { SignalId, UserId } from '@tradewire/kernel/ids'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { isOperator, maySee } from '../../domain/ownership.ts'
import { viewSignal } from '../../domain/views.ts'
import { Signals } from '../../ports/signals.port.ts'
import { Strategies } from '../../ports/strategies.port.ts'
import { signalsErrors } from '../../signals.errors.ts'

@Injectable()
export class ReadSignals {
  constructor(
    private readonly signals: Signals,
    private readonly strategies: Strategies,
  ) {}

  async one({ caller, signalId }: RequestOf<typeof getSignal>): Promise<Result<ReplyOf<typeof getSignal>, CodedError>> {
    const found = await this.signals.find(signalId as SignalId)
    const strategy = found === undefined ? undefined : await this.strategies.find(found.signal.strategyId)
    if (found === undefined || strategy === undefined || !maySee(caller, strategy.ownerId)) {
      return err(signalsErrors.of('SIGNAL_NOT_FOUND', { signalId }))
    }
    const { contentType, body } = found.request
    return ok({ ...viewSignal(found.signal), raw: { contentType, body } })
  }

  list({
    caller,
    page,
    strategyId,
  }: RequestOf<typeof listSignals>): Promise<Result<ReplyOf<typeof listSignals>, CodedError>> {
    const ownerId = isOperator(caller) ? undefined : (caller.userId as UserId)
    return pageById(page, (window) => this.signals.list({ ...window, ownerId, strategyId }), viewSignal)
  }
}
