/** Answers for users over the bus. Called by the gateway and the launcher. Must never hold a rule. */
import { Controller } from '@nestjs/common'
import { Answer } from '@tradewire/bus/decorators'
import type { ReplyOf, RequestOf } from '@tradewire/contracts/define-rpc'
import * as rpc from '@tradewire/contracts/rpc/identity'
import type { CodedError } from '@tradewire/kernel/errors'
import { idOf } from '@tradewire/kernel/ids'
import { ok, type Result } from '@tradewire/kernel/result'
import { CreateUser } from '#use-cases/create-user/create-user.use-case'
import { EnsureOperator } from '#use-cases/ensure-operator/ensure-operator.use-case'
import { FindUsers } from '#use-cases/find-users/find-users.use-case'
import { GetUser } from '#use-cases/get-user/get-user.use-case'
import { ListUsers } from '#use-cases/list-users/list-users.use-case'

@Controller()
export class UsersController {
  constructor(
    private readonly creating: CreateUser,
    private readonly listing: ListUsers,
    private readonly getting: GetUser,
    private readonly finding: FindUsers,
    private readonly ensuring: EnsureOperator,
  ) {}

  @Answer(rpc.createUser)
  create(request: RequestOf<typeof rpc.createUser>): Promise<Result<rpc.UserView, CodedError>> {
    return this.creating.execute(request)
  }

  @Answer(rpc.listUsers)
  list({ page }: RequestOf<typeof rpc.listUsers>): Promise<Result<ReplyOf<typeof rpc.listUsers>, CodedError>> {
    return this.listing.execute(page)
  }

  @Answer(rpc.getMe)
  me({ caller }: RequestOf<typeof rpc.getMe>): Promise<Result<rpc.UserView, CodedError>> {
    return this.getting.execute(idOf<'User'>(caller.userId))
  }

  @Answer(rpc.getUser)
  get({ userId }: RequestOf<typeof rpc.getUser>): Promise<Result<rpc.UserView, CodedError>> {
    return this.getting.execute(idOf<'User'>(userId.toLowerCase()))
  }

  @Answer(rpc.findUsers)
  async find({ userIds }: RequestOf<typeof rpc.findUsers>): Promise<Result<ReplyOf<typeof rpc.findUsers>, CodedError>> {
    return ok({ items: await this.finding.execute(userIds.map((id) => idOf<'User'>(id.toLowerCase()))) })
  }

  @Answer(rpc.ensureOperator)
  ensureOperator(
    request: RequestOf<typeof rpc.ensureOperator>,
  ): Promise<Result<ReplyOf<typeof rpc.ensureOperator>, CodedError>> {
    return this.ensuring.execute(request)
  }
}
