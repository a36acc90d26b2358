/** Finds the follow of an account that trades a symbol. Called over RPC. Must never show another user's follow. */
import { Injectable } from '@nestjs/common'
import { maySee } from '@tradewire/contracts/caller'
import type { RequestOf } from '@tradewire/contracts/define-rpc'
import type { findFollow } from '@tradewire/contracts/rpc/signals'
import type { CodedError } from '@tradewire/kernel/errors'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { viewFollow, type FollowView } from '../../domain/views.ts'
import { Follows } from '../../ports/follows.port.ts'
import { signalsErrors } from '../../signals.errors.ts'

@Injectable()
export class FindFollow {
  constructor(private readonly follows: Follows) {}

  async execute({ caller, accountId, symbol }: RequestOf<typeof findFollow>): Promise<Result<FollowView, CodedError>> {
    const follow = await this.follows.findOf(accountId, symbol)
    return follow === undefined || !maySee(caller, follow.userId)
      ? err(signalsErrors.of('FOLLOW_NOT_FOUND', { accountId, symbol }))
      : ok(viewFollow(follow))
  }
}
