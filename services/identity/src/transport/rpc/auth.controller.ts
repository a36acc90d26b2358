/** Answers log-in, refresh, log-out, new passwords and the public keys over the bus. Called by the gateway. Must never hold a rule. */
import { Controller } from '@nestjs/common'
import { Answer } from '@tradewire/bus/decorators'
import type { ReplyOf, RequestOf } from '@tradewire/contracts/define-rpc'
import * as rpc from '@tradewire/contracts/rpc/identity'
import type { CodedError } from '@tradewire/kernel/errors'
import { ok, type Result } from '@tradewire/kernel/result'
import { TokenSigner } from '#ports/token-signer.port'
import { ChangePassword } from '#use-cases/change-password/change-password.use-case'
import { LogIn } from '#use-cases/log-in/log-in.use-case'
import { LogOut } from '#use-cases/log-out/log-out.use-case'
import { RefreshSession } from '#use-cases/refresh-session/refresh-session.use-case'

@Controller()
export class AuthController {
  constructor(
    private readonly login: LogIn,
    private readonly refreshing: RefreshSession,
    private readonly logout: LogOut,
    private readonly passwords: ChangePassword,
    private readonly signer: TokenSigner,
  ) {}

  @Answer(rpc.logIn)
  logIn(request: RequestOf<typeof rpc.logIn>): Promise<Result<rpc.LoggedIn, CodedError>> {
    return this.login.execute(request)
  }

  @Answer(rpc.refreshSession)
  refresh({
    refreshToken,
    ...proof
  }: RequestOf<typeof rpc.refreshSession>): Promise<Result<rpc.TokenPair, CodedError>> {
    return this.refreshing.execute(refreshToken, proof)
  }

  @Answer(rpc.logOut)
  logOut(request: RequestOf<typeof rpc.logOut>): Promise<Result<ReplyOf<typeof rpc.logOut>, CodedError>> {
    return this.logout.execute(request.refreshToken)
  }

  @Answer(rpc.changePassword)
  changePassword(
    request: RequestOf<typeof rpc.changePassword>,
  ): Promise<Result<ReplyOf<typeof rpc.changePassword>, CodedError>> {
    return this.passwords.execute(request)
  }

  @Answer(rpc.getKeys)
  async keys(): Promise<Result<ReplyOf<typeof rpc.getKeys>, CodedError>> {
    return ok(this.signer.publicKeys())
  }
}
