/**
 * A signal that an operator or the strategy's provider sends by hand.
 * Called over RPC. Must never take another path than an alert does.
 */
import { Injectable } from '@nestjs/common'
import type { RequestOf, ReplyOf } from '@tradewire/contracts/define-rpc'
import type { sendSignal } from '@tradewire/contracts/rpc/signals'
import type { CodedError } from '@tradewire/kernel/errors'
import type { StrategyId } from '@tradewire/kernel/ids'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { dedupeKeyOf, requestKeyOf } from '../../domain/dedupe.ts'
import { sidesAreRight } from '../../domain/hand-prices.ts'
import { maySee } from '@tradewire/contracts/caller'
import { signalsErrors } from '../../signals.errors.ts'
import { AcceptSignal, type SignalDraft } from '../accept-signal/accept-signal.use-case.ts'

@Injectable()
export class SendSignal {
  constructor(private readonly acceptSignal: AcceptSignal) {}

  async execute(request: RequestOf<typeof sendSignal>): Promise<Result<ReplyOf<typeof sendSignal>, CodedError>> {
    const draft: SignalDraft = { source: 'OPERATOR', ...request.signal }
    if (!sidesAreRight(draft)) return err(signalsErrors.of('SIGNAL_ON_WRONG_SIDE', { side: draft.side }))
    const { strategyId, requestId } = request
    const alert = { ...draft, strategyId, secret: '', winRate: null, alertId: null }
    const accepted = await this.acceptSignal.execute({
      strategyId: strategyId as StrategyId,
      draft,
      dedupe: requestId === undefined ? dedupeKeyOf(alert) : requestKeyOf(requestId),
      request: { contentType: 'application/json', body: JSON.stringify(request.signal), sourceIp: 'rpc' },
      mayUse: (strategy) => maySee(request.caller, strategy.ownerId),
    })
    if (!accepted.ok) return accepted
    if (accepted.value.duplicate && requestId === undefined) {
      return err(signalsErrors.of('SIGNAL_DUPLICATE', { signalId: accepted.value.signalId }))
    }
    return ok({ signalId: accepted.value.signalId })
  }
}
