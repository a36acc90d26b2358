/** Lists kill switches, newest first. Called by the rpc controller. Must never show those of other users. */
import { Injectable } from '@nestjs/common'
import { visibleTo } from '@tradewire/contracts/caller'
import type { ReplyOf, RequestOf } from '@tradewire/contracts/define-rpc'
import type { KillSwitchReply, listKillSwitches } from '@tradewire/contracts/rpc/kill-switches'
import { pageFrom, readPageToken } from '@tradewire/database/page'
import type { CodedError } from '@tradewire/kernel/errors'
import { ok, type Result } from '@tradewire/kernel/result'
import type { KillSwitch } from '../../domain/stopping/kill-switch.ts'
import { KillSwitches } from '../../ports/kill-switches.port.ts'

@Injectable()
export class ListKillSwitches {
  constructor(private readonly killSwitches: KillSwitches) {}

  async execute({
    caller,
    page: { limit, nextToken },
    engaged,
  }: RequestOf<typeof listKillSwitches>): Promise<Result<ReplyOf<typeof listKillSwitches>, CodedError>> {
    const keys = readPageToken(nextToken, ['id'])
    if (!keys.ok) return keys
    const found = await this.killSwitches.list({
      ownerId: visibleTo(caller) ?? null,
      engagedOnly: engaged,
      before: keys.value?.[0] ?? null,
      limit: limit + 1,
    })
    return ok(pageFrom(found, limit, { keysOf: ({ id }) => [id], itemOf: killSwitchReply }))
  }
}

export function killSwitchReply({ byOperator: _, ...killSwitch }: KillSwitch): KillSwitchReply {
  const { engagedAt, endsAt, releasedAt, ...shown } = killSwitch
  return {
    ...shown,
    engagedAt: engagedAt.toISOString(),
    endsAt: endsAt?.toISOString() ?? null,
    releasedAt: releasedAt?.toISOString() ?? null,
  }
}
