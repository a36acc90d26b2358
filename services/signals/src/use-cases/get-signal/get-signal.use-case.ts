/** Shows one signal with its raw request to the strategy's owner and to operators. Called over RPC. Must never show a secret. */
import { Injectable } from '@nestjs/common'
import type { ReplyOf, RequestOf } from '@tradewire/contracts/define-rpc'
import type { getSignal } from '@tradewire/contracts/rpc/signals'
import type { CodedError } from '@tradewire/kernel/errors'
import type { SignalId } from '@tradewire/kernel/ids'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { maySee } from '@tradewire/contracts/caller'
import { viewSignal } from '../../domain/views.ts'
import { Signals } from '../../ports/signals.port.ts'
import { Strategies } from '../../ports/strategies.port.ts'
import { signalsErrors } from '../../signals.errors.ts'

@Injectable()
export class GetSignal {
  constructor(
    private readonly signals: Signals,
    private readonly strategies: Strategies,
  ) {}

  async execute({
    caller,
    signalId,
  }: RequestOf<typeof getSignal>): Promise<Result<ReplyOf<typeof getSignal>, CodedError>> {
    const found = await this.signals.find(signalId as SignalId)
    const strategy = found === undefined ? undefined : await this.strategies.find(found.signal.strategyId)
    if (found === undefined || strategy === undefined || !maySee(caller, strategy.ownerId)) {
      return err(signalsErrors.of('SIGNAL_NOT_FOUND', { signalId }))
    }
    const { contentType, body } = found.request
    return ok({ ...viewSignal(found.signal), raw: { contentType, body } })
  }
}
