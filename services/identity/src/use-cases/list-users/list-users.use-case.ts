/** All users, page by page. Called by the users controller. Must never show a hash. */
import { Injectable } from '@nestjs/common'
import type { PageQuery } from '@tradewire/contracts/common'
import type { UserView } from '@tradewire/contracts/rpc/identity'
import type { Page } from '@tradewire/database/page'
import type { CodedError } from '@tradewire/kernel/errors'
import { ok, type Result } from '@tradewire/kernel/result'
import { viewOf } from '#domain/users/user'
import { Users } from '#ports/users.port'

@Injectable()
export class ListUsers {
  constructor(private readonly users: Users) {}

  /** Fails with PAGE_TOKEN_INVALID. */
  async execute(page: PageQuery): Promise<Result<Page<UserView>, CodedError>> {
    const found = await this.users.list(page)
    if (!found.ok) return found
    return ok({ items: found.value.items.map(viewOf), nextToken: found.value.nextToken })
  }
}
