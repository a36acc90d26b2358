/** Signs access tokens and shows the keys that check them. Implemented by clients/. Must never show a private key. */
import type { ReplyOf } from '@tradewire/contracts/define-rpc'
import type { ApiKeyScope, Role } from '@tradewire/contracts/caller'
import type { getKeys } from '@tradewire/contracts/rpc/identity'
import type { UserId } from '@tradewire/kernel/ids'
import type { OauthClientId } from '#domain/credentials/oauth-client'
import type { SessionId } from '#domain/sessions/session'
import type { SecondFactorProof } from '#ports/sessions.port'

export interface TokenClaims {
  readonly userId: UserId
  /** What ends the token when it is revoked. */
  readonly sessionId: SessionId | OauthClientId
  readonly roles: readonly Role[]
  readonly secondFactor: SecondFactorProof | null
  /** Default: all that the roles allow. */
  readonly scopes?: readonly ApiKeyScope[]
}

export abstract class TokenSigner {
  /** Lives for accessToken.lifetimeSeconds. */
  abstract sign(claims: TokenClaims): Promise<string>
  abstract publicKeys(): ReplyOf<typeof getKeys>
}
