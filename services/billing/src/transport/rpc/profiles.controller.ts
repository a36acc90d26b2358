/** Answers questions about billing profiles and taxes. Called over the bus. Must never decide anything. */
import { Controller } from '@nestjs/common'
import { Answer } from '@tradewire/bus/decorators'
import type { RequestOf } from '@tradewire/contracts/define-rpc'
import * as rpc from '@tradewire/contracts/rpc/billing/profile'
import { GetBillingProfile } from '../../use-cases/get-billing-profile/get-billing-profile.use-case.ts'
import { ListTaxRates } from '../../use-cases/list-tax-rates/list-tax-rates.use-case.ts'
import { SetBillingProfile } from '../../use-cases/set-billing-profile/set-billing-profile.use-case.ts'
import { SetTaxRates } from '../../use-cases/set-tax-rates/set-tax-rates.use-case.ts'

@Controller()
export class ProfilesController {
  constructor(
    private readonly getBillingProfile: GetBillingProfile,
    private readonly setBillingProfile: SetBillingProfile,
    private readonly listTaxRates: ListTaxRates,
    private readonly setTaxRates: SetTaxRates,
  ) {}

  @Answer(rpc.getBillingProfile)
  profile(request: RequestOf<typeof rpc.getBillingProfile>) {
    return this.getBillingProfile.execute(request)
  }

  @Answer(rpc.setBillingProfile)
  setProfile(request: RequestOf<typeof rpc.setBillingProfile>) {
    return this.setBillingProfile.execute(request)
  }

  @Answer(rpc.listTaxRates)
  taxes() {
    return this.listTaxRates.execute()
  }

  @Answer(rpc.setTaxRates)
  setTaxes(request: RequestOf<typeof rpc.setTaxRates>) {
    return this.setTaxRates.execute(request)
  }
}
