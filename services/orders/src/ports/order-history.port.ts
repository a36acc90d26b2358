/**
 * What became of orders and signals, straight in the shapes of the answers.
 * Called by the reading use cases. Must never show what is outside the scope it is given.
 */
import type { ReplyOf } from '@tradewire/contracts/define-rpc'
import type { listEndedOrders, listSignalBrackets, RefusedSignalReply } from '@tradewire/contracts/rpc/orders'
import type { ReadScope } from './bracket-reads.port.ts'

export type EndedOrder = ReplyOf<typeof listEndedOrders>['items'][number]
export type SignalBracket = ReplyOf<typeof listSignalBrackets>['items'][number]

export interface RefusedSignalsQuery {
  readonly strategyId?: string | undefined
  readonly signalId?: string | undefined
  /** Only older ones. */
  readonly afterId?: string | undefined
  readonly limit: number
}

export abstract class OrderHistory {
  /** Newest first, `limit` at most, from the last `limit` brackets of the account and symbol. */
  abstract ended(
    scope: ReadScope,
    of: { readonly accountId: string; readonly symbol: string },
    limit: number,
  ): Promise<EndedOrder[]>
  abstract ofSignals(scope: ReadScope, signalIds: readonly string[], perSignalMax: number): Promise<SignalBracket[]>
  /** Newest first: of strategies that the scope owns or follows. */
  abstract refused(scope: ReadScope, query: RefusedSignalsQuery): Promise<RefusedSignalReply[]>
}
