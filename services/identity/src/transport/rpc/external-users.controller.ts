/** Answers for users of other issuers over the bus. Called by the gateway. Must never hold a rule. */
import { Controller } from '@nestjs/common'
import { Answer } from '@tradewire/bus/decorators'
import type { ReplyOf, RequestOf } from '@tradewire/contracts/define-rpc'
import { recogniseUser } from '@tradewire/contracts/rpc/identity'
import type { CodedError } from '@tradewire/kernel/errors'
import type { Result } from '@tradewire/kernel/result'
import { RecogniseUser } from '#use-cases/recognise-user/recognise-user.use-case'

@Controller()
export class ExternalUsersController {
  constructor(private readonly recognising: RecogniseUser) {}

  @Answer(recogniseUser)
  recognise(request: RequestOf<typeof recogniseUser>): Promise<Result<ReplyOf<typeof recogniseUser>, CodedError>> {
    return this.recognising.execute(request)
  }
}
