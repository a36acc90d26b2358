/** Answers for second factors over the bus. Called by the gateway. Must never hold a rule. */
import { Controller } from '@nestjs/common'
import { Answer } from '@tradewire/bus/decorators'
import type { ReplyOf, RequestOf } from '@tradewire/contracts/define-rpc'
import * as rpc from '@tradewire/contracts/rpc/identity'
import type { CodedError } from '@tradewire/kernel/errors'
import { idOf } from '@tradewire/kernel/ids'
import type { Result } from '@tradewire/kernel/result'
import { ConfirmSecondFactor } from '#use-cases/confirm-second-factor/confirm-second-factor.use-case'
import { OfferSecondFactor } from '#use-cases/offer-second-factor/offer-second-factor.use-case'
import { RemoveSecondFactor } from '#use-cases/remove-second-factor/remove-second-factor.use-case'
import { ResetSecondFactor } from '#use-cases/reset-second-factor/reset-second-factor.use-case'

@Controller()
export class SecondFactorController {
  constructor(
    private readonly offering: OfferSecondFactor,
    private readonly confirming: ConfirmSecondFactor,
    private readonly removing: RemoveSecondFactor,
    private readonly resetting: ResetSecondFactor,
  ) {}

  @Answer(rpc.offerSecondFactor)
  offer({
    caller,
  }: RequestOf<typeof rpc.offerSecondFactor>): Promise<Result<ReplyOf<typeof rpc.offerSecondFactor>, CodedError>> {
    return this.offering.execute(idOf<'User'>(caller.userId))
  }

  @Answer(rpc.confirmSecondFactor)
  confirm({
    caller,
    code,
  }: RequestOf<typeof rpc.confirmSecondFactor>): Promise<Result<ReplyOf<typeof rpc.confirmSecondFactor>, CodedError>> {
    return this.confirming.execute(idOf<'User'>(caller.userId), code)
  }

  @Answer(rpc.removeSecondFactor)
  remove({
    caller,
    code,
  }: RequestOf<typeof rpc.removeSecondFactor>): Promise<Result<ReplyOf<typeof rpc.removeSecondFactor>, CodedError>> {
    return this.removing.execute(idOf<'User'>(caller.userId), code)
  }

  @Answer(rpc.resetSecondFactor)
  reset({ caller, userId }: RequestOf<typeof rpc.resetSecondFactor>): Promise<Result<rpc.UserView, CodedError>> {
    return this.resetting.execute(caller, idOf<'User'>(userId.toLowerCase()))
  }
}
