/** Answers for the organisation over the bus. Called by the gateway. Must never hold a rule. */
import { Controller } from '@nestjs/common'
import { Answer } from '@tradewire/bus/decorators'
import type { ReplyOf } from '@tradewire/contracts/define-rpc'
import { getOrganisation } from '@tradewire/contracts/rpc/organisation'
import type { CodedError } from '@tradewire/kernel/errors'
import { ok, type Result } from '@tradewire/kernel/result'
import { GetOrganisation } from '#use-cases/get-organisation/get-organisation.use-case'

@Controller()
export class OrganisationController {
  constructor(private readonly organisation: GetOrganisation) {}

  @Answer(getOrganisation)
  get(): Promise<Result<ReplyOf<typeof getOrganisation>, CodedError>> {
    return Promise.resolve(ok(this.organisation.execute()))
  }
}
