/** Asks reporting for what accounts hold. Implements the AccountTotals port. Must never keep an answer. */
import { Injectable } from '@nestjs/common'
import { RpcClient } from '@tradewire/bus/rpc-client'
import { listAccountTotals } from '@tradewire/contracts/rpc/reporting'
import type { CodedError } from '@tradewire/kernel/errors'
import { ok, type Result } from '@tradewire/kernel/result'
import type { AccountTotal } from '../domain/subscriptions/near-limit.ts'
import { AccountTotals } from '../ports/limits.port.ts'

@Injectable()
export class ReportingTotals extends AccountTotals {
  constructor(private readonly rpc: RpcClient) {
    super()
  }

  async of(accountIds: readonly string[]): Promise<Result<readonly AccountTotal[], CodedError>> {
    const answer = await this.rpc.ask(listAccountTotals, { accountIds: [...accountIds] })
    return answer.ok ? ok(answer.value.items) : answer
  }
}
