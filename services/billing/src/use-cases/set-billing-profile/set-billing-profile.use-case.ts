/** Says whom the caller's next invoices are made out to. Called over RPC. Must never touch one that was issued. */
import { Injectable } from '@nestjs/common'
import type { ReplyOf, RequestOf } from '@tradewire/contracts/define-rpc'
import type { setBillingProfile } from '@tradewire/contracts/rpc/billing/profile'
import type { CodedError } from '@tradewire/kernel/errors'
import { ok, type Result } from '@tradewire/kernel/result'
import { Parties } from '../../ports/parties.port.ts'

@Injectable()
export class SetBillingProfile {
  constructor(private readonly parties: Parties) {}

  async execute({
    caller,
    profile,
  }: RequestOf<typeof setBillingProfile>): Promise<Result<ReplyOf<typeof setBillingProfile>, CodedError>> {
    await this.parties.saveProfile(caller.userId, profile)
    return ok({ profile })
  }
}
