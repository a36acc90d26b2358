/**
 * Says what becomes of what a follow holds whose user leaves the strategy. Called by the rpc controller, after the follow
 * has been paused. Must never take a stop or a target away: what is not closed stays under them.
 */
import { Injectable } from '@nestjs/common'
import { maySee, visibleTo } from '@tradewire/contracts/caller'
import type { RequestOf } from '@tradewire/contracts/define-rpc'
import type { leaveFollow } from '@tradewire/contracts/rpc/orders'
import { Database } from '@tradewire/database/database'
import type { CodedError } from '@tradewire/kernel/errors'
import type { FollowId } from '@tradewire/kernel/ids'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { ordersErrors } from '../../orders.errors.ts'
import { Brackets } from '../../ports/brackets.port.ts'
import { Facts } from '../../ports/facts.port.ts'
import { CloseOpenBrackets } from '../close-open-brackets/close-open-brackets.use-case.ts'

@Injectable()
export class LeaveFollow {
  constructor(
    private readonly database: Database,
    private readonly facts: Facts,
    private readonly brackets: Brackets,
    private readonly closeOpenBrackets: CloseOpenBrackets,
  ) {}

  /** Answers how many are closing now; entries that are not filled yet are withdrawn under every way. */
  async execute(request: RequestOf<typeof leaveFollow>): Promise<Result<{ closing: number }, CodedError>> {
    const { caller, positions, revision } = request
    const followId = request.followId as FollowId
    const ownerId = await this.facts.ownerOfFollow(followId, visibleTo(caller))
    if (ownerId === undefined || !maySee(caller, ownerId)) return err(ordersErrors.of('FOLLOW_NOT_FOUND'))
    // The news of the pause may be late: a signal that came before it would enter once more.
    await this.database.transact((tx) => this.facts.pauseFollow(tx, followId, revision))
    if (positions === 'close_now') return ok({ closing: await this.closeOpenBrackets.execute({ followId }) })
    const closing = await this.closeOpenBrackets.execute({ followId }, { entriesOnly: true })
    // A follow holds one position of one symbol, so by position and by symbol are the same.
    const leftAs = positions === 'keep' ? 'kept' : 'gracefully'
    await this.database.transact((tx) => this.brackets.leave(tx, followId, leftAs))
    return ok({ closing })
  }
}
