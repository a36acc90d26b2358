/**
 * Market orders that an operator sends for chosen followers of a strategy.
 * Called over RPC. Must never take another path than an alert does, nor reach a follower who was not chosen.
 */
import { Injectable } from '@nestjs/common'
import { isOperator } from '@tradewire/contracts/caller'
import type { ReplyOf, RequestOf } from '@tradewire/contracts/define-rpc'
import type { orderFollows } from '@tradewire/contracts/rpc/signals'
import type { CodedError } from '@tradewire/kernel/errors'
import type { FollowId } from '@tradewire/kernel/ids'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { ordersKeyOf, requestKeyOf } from '../../domain/dedupe.ts'
import { sidesAreRight, worstPriceOf } from '../../domain/hand-prices.ts'
import { Follows } from '../../ports/follows.port.ts'
import { signalsErrors } from '../../signals.errors.ts'
import { AcceptSignal, type SignalDraft } from '../accept-signal/accept-signal.use-case.ts'

@Injectable()
export class OrderFollows {
  constructor(
    private readonly follows: Follows,
    private readonly acceptSignal: AcceptSignal,
  ) {}

  /** The same orders again within the window are answered like the first: a repeated request orders nothing. */
  async execute(request: RequestOf<typeof orderFollows>): Promise<Result<ReplyOf<typeof orderFollows>, CodedError>> {
    const { caller, followId, order, requestId } = request
    const follow = await this.follows.find(followId as FollowId)
    if (follow === undefined || !isOperator(caller)) return err(signalsErrors.of('FOLLOW_NOT_FOUND', { followId }))
    const draft: SignalDraft = {
      ...order,
      source: 'OPERATOR',
      price: order.price ?? worstPriceOf(order),
      trailing: null,
    }
    if (!sidesAreRight(draft)) return err(signalsErrors.of('SIGNAL_ON_WRONG_SIDE', { side: draft.side }))
    const followIds = [...new Set(request.followIds)].map((id) => id as FollowId)
    if ((await this.follows.countActive(follow.strategyId, followIds)) < followIds.length) {
      return err(signalsErrors.of('FOLLOWS_NOT_CHOSEN_RIGHT'))
    }
    const accepted = await this.acceptSignal.execute({
      strategyId: follow.strategyId,
      draft,
      dedupe: requestId === undefined ? ordersKeyOf(order, followIds) : requestKeyOf(requestId),
      request: { contentType: 'application/json', body: JSON.stringify({ ...order, followIds }), sourceIp: 'rpc' },
      exceptions: { entryType: 'market', followIds },
      mayUse: () => isOperator(caller),
    })
    return accepted.ok ? ok({ signalId: accepted.value.signalId }) : accepted
  }
}
