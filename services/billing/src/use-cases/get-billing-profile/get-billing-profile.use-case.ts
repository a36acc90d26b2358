/** Shows whom the caller's invoices are made out to. Called over RPC. Must never show another user's. */
import { Injectable } from '@nestjs/common'
import type { ReplyOf, RequestOf } from '@tradewire/contracts/define-rpc'
import type { getBillingProfile } from '@tradewire/contracts/rpc/billing/profile'
import type { CodedError } from '@tradewire/kernel/errors'
import { ok, type Result } from '@tradewire/kernel/result'
import { Parties } from '../../ports/parties.port.ts'

@Injectable()
export class GetBillingProfile {
  constructor(private readonly parties: Parties) {}

  async execute({
    caller,
  }: RequestOf<typeof getBillingProfile>): Promise<Result<ReplyOf<typeof getBillingProfile>, CodedError>> {
    return ok({ profile: await this.parties.profile(caller.userId) })
  }
}
