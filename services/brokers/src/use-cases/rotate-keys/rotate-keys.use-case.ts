/**
 * Brings all that is sealed under the newest master key, while accounts trade on with the sessions that they have.
 * Called over RPC by operators. Must never end before an older master key is of no use any more.
 */
import { Injectable } from '@nestjs/common'
import { isOperator, type Caller } from '@tradewire/contracts/caller'
import type { ReplyOf } from '@tradewire/contracts/define-rpc'
import type * as rpc from '@tradewire/contracts/rpc/credentials'
import type { CodedError } from '@tradewire/kernel/errors'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { brokersErrors, refusalOfKeys } from '#brokers.errors'
import { SealedKeys } from '#ports/sealed-keys.port'

/** Commits of one call; a larger installation calls again. */
const commitsMax = 200

@Injectable()
export class RotateKeys {
  constructor(private readonly keys: SealedKeys) {}

  async execute(caller: Caller): Promise<Result<ReplyOf<typeof rpc.rotateCredentialsKeys>, CodedError>> {
    if (!isOperator(caller)) return err(brokersErrors.of('ACCOUNT_OWNER_FORBIDDEN'))
    try {
      return ok(await this.rotate())
    } catch (error) {
      return err(refusalOfKeys(error))
    }
  }

  private async rotate(): Promise<ReplyOf<typeof rpc.rotateCredentialsKeys>> {
    const newestVersion = await this.keys.newestVersion()
    let rewrapped = 0
    for (let commits = 0; commits < commitsMax; commits += 1) {
      const done = await this.keys.rewrapSome(newestVersion)
      if (done === 0) break
      rewrapped += done
    }
    const inUse = await this.keys.versionsInUse()
    return { newestVersion, rewrapped, inUse: [...inUse] }
  }
}
