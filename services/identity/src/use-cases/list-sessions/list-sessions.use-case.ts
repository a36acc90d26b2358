/** The caller's living sessions. Called by the sessions controller. Must never show another user's. */
import { Injectable } from '@nestjs/common'
import type { SessionView } from '@tradewire/contracts/rpc/identity'
import type { UserId } from '@tradewire/kernel/ids'
import { ok, type Ok } from '@tradewire/kernel/result'
import { Sessions } from '#ports/sessions.port'

@Injectable()
export class ListSessions {
  constructor(private readonly sessions: Sessions) {}

  async execute(userId: UserId): Promise<Ok<{ items: SessionView[] }>> {
    return ok({ items: [...(await this.sessions.liveOf(userId))] })
  }
}
