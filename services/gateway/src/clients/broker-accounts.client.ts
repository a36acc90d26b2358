/** Asks brokers for the caller's accounts. Implements the OwnAccounts port. Must never keep an answer: accounts come and go. */
import { Injectable } from '@nestjs/common'
import { RpcClient } from '@tradewire/bus/rpc-client'
import { pageLimitMax } from '@tradewire/contracts/common'
import type { Caller } from '@tradewire/contracts/caller'
import { listAccounts } from '@tradewire/contracts/rpc/accounts'
import { OwnAccounts } from '#ports/own-accounts.port'

/** A follower has a handful; more than this many pages are not read. */
const pagesMax = 5
const answerWithinMs = 1_000

@Injectable()
export class BrokerAccounts extends OwnAccounts {
  constructor(private readonly rpc: RpcClient) {
    super()
  }

  async of(caller: Caller): Promise<ReadonlySet<string>> {
    const ids = new Set<string>()
    let nextToken: string | null | undefined
    for (let page = 0; page < pagesMax && nextToken !== null; page += 1) {
      const more = nextToken === undefined ? {} : { nextToken }
      const request = { caller, userId: caller.userId, page: { limit: pageLimitMax, ...more } }
      const answer = await this.rpc.ask(listAccounts, request, { deadlineMs: answerWithinMs })
      if (!answer.ok) break
      for (const { id } of answer.value.items) ids.add(id)
      nextToken = answer.value.nextToken
    }
    return ids
  }
}
