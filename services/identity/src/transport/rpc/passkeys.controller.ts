/** Answers for passkeys over the bus. Called by the gateway. Must never hold a rule. */
import { Controller } from '@nestjs/common'
import { Answer } from '@tradewire/bus/decorators'
import type { ReplyOf, RequestOf } from '@tradewire/contracts/define-rpc'
import * as rpc from '@tradewire/contracts/rpc/passkeys'
import type { CodedError } from '@tradewire/kernel/errors'
import { idOf } from '@tradewire/kernel/ids'
import { ok, type Result } from '@tradewire/kernel/result'
import { AddPasskey } from '#use-cases/add-passkey/add-passkey.use-case'
import { ChallengePasskey } from '#use-cases/challenge-passkey/challenge-passkey.use-case'
import { ListPasskeys } from '#use-cases/list-passkeys/list-passkeys.use-case'
import { OfferPasskey } from '#use-cases/offer-passkey/offer-passkey.use-case'
import { RemovePasskey } from '#use-cases/remove-passkey/remove-passkey.use-case'

@Controller()
export class PasskeysController {
  constructor(
    private readonly offering: OfferPasskey,
    private readonly adding: AddPasskey,
    private readonly listing: ListPasskeys,
    private readonly removing: RemovePasskey,
    private readonly challenging: ChallengePasskey,
  ) {}

  @Answer(rpc.offerPasskey)
  offer({ caller }: RequestOf<typeof rpc.offerPasskey>): Promise<Result<rpc.PasskeyOffer, CodedError>> {
    return this.offering.execute(idOf<'User'>(caller.userId))
  }

  @Answer(rpc.addPasskey)
  add(request: RequestOf<typeof rpc.addPasskey>): Promise<Result<rpc.PasskeyView, CodedError>> {
    return this.adding.execute(request)
  }

  @Answer(rpc.listPasskeys)
  async list({
    caller,
  }: RequestOf<typeof rpc.listPasskeys>): Promise<Result<ReplyOf<typeof rpc.listPasskeys>, CodedError>> {
    return ok({ items: await this.listing.execute(idOf<'User'>(caller.userId)) })
  }

  @Answer(rpc.removePasskey)
  remove({
    caller,
    passkeyId,
  }: RequestOf<typeof rpc.removePasskey>): Promise<Result<ReplyOf<typeof rpc.removePasskey>, CodedError>> {
    return this.removing.execute(idOf<'User'>(caller.userId), idOf<'Passkey'>(passkeyId.toLowerCase()))
  }

  @Answer(rpc.challengePasskey)
  async challenge(): Promise<Result<ReplyOf<typeof rpc.challengePasskey>, CodedError>> {
    return ok(await this.challenging.execute())
  }
}
