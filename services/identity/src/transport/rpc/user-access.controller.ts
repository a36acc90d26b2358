/** Answers for who may log in over the bus. Called by the gateway. Must never hold a rule. */
import { Controller } from '@nestjs/common'
import { Answer } from '@tradewire/bus/decorators'
import type { RequestOf } from '@tradewire/contracts/define-rpc'
import * as rpc from '@tradewire/contracts/rpc/identity'
import type { CodedError } from '@tradewire/kernel/errors'
import { idOf } from '@tradewire/kernel/ids'
import type { Result } from '@tradewire/kernel/result'
import { ChangeRoles } from '#use-cases/change-roles/change-roles.use-case'
import { DisableUser } from '#use-cases/disable-user/disable-user.use-case'
import { EnableUser } from '#use-cases/enable-user/enable-user.use-case'

@Controller()
export class UserAccessController {
  constructor(
    private readonly disabling: DisableUser,
    private readonly enabling: EnableUser,
    private readonly changing: ChangeRoles,
  ) {}

  @Answer(rpc.disableUser)
  disable({ caller, userId }: RequestOf<typeof rpc.disableUser>): Promise<Result<rpc.UserView, CodedError>> {
    return this.disabling.execute(caller, idOf<'User'>(userId.toLowerCase()))
  }

  @Answer(rpc.changeRoles)
  changeRoles(request: RequestOf<typeof rpc.changeRoles>): Promise<Result<rpc.UserView, CodedError>> {
    return this.changing.execute(request)
  }

  @Answer(rpc.enableUser)
  enable({ caller, userId }: RequestOf<typeof rpc.enableUser>): Promise<Result<rpc.UserView, CodedError>> {
    return this.enabling.execute(caller, idOf<'User'>(userId.toLowerCase()))
  }
}
