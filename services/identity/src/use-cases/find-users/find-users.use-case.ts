/** Users by their ids, as many as there are. Called by the users controller. Must never show a hash. */
import { Injectable } from '@nestjs/common'
import type { UserView } from '@tradewire/contracts/rpc/identity'
import type { UserId } from '@tradewire/kernel/ids'
import { viewOf } from '#domain/users/user'
import { Users } from '#ports/users.port'

@Injectable()
export class FindUsers {
  constructor(private readonly users: Users) {}

  async execute(ids: readonly UserId[]): Promise<UserView[]> {
    return (await this.users.findAll(ids)).map(viewOf)
  }
}
