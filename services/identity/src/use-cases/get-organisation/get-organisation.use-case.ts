/** Tells whose installation this is and what its roles may do. Called by the organisation controller. Must never name a user. */
import { Injectable } from '@nestjs/common'
import { type Role, roles } from '@tradewire/contracts/caller'
import type { ReplyOf } from '@tradewire/contracts/define-rpc'
import type { getOrganisation } from '@tradewire/contracts/rpc/organisation'
import { InjectConfig } from '@tradewire/nest-kit/tokens'
import type { IdentityConfig } from '#config'

/** As docs/access.md has it. */
const may: Readonly<Record<Role, string>> = {
  owner: 'all an operator may, and make owners, operators and support',
  operator: "run the installation: see and change what is everybody's, make and disable providers and followers",
  support: 'read what operators read, and change nothing of others',
  provider: 'offer strategies, send signals, see the trades that follow them',
  follower: 'connect accounts, follow strategies, stop and close what is theirs',
}

@Injectable()
export class GetOrganisation {
  constructor(@InjectConfig() private readonly config: IdentityConfig) {}

  execute(): ReplyOf<typeof getOrganisation> {
    const { organisationName: name, organisationContact: contact, publicUrl: url, registration } = this.config
    return {
      name,
      contact: contact ?? null,
      url,
      registration: registration ? 'open' : 'closed',
      roles: roles.map((role) => ({ role, may: may[role] })),
    }
  }
}
