/**
 * Takes a registration in and asks for the mail that proves its address. Called by the registration controller.
 * Must never look whether name or address are known: then neither answer nor time can tell.
 */
import { Injectable } from '@nestjs/common'
import type { RequestOf } from '@tradewire/contracts/define-rpc'
import type { register } from '@tradewire/contracts/rpc/registration'
import type { CodedError } from '@tradewire/kernel/errors'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { InjectConfig } from '@tradewire/nest-kit/tokens'
import type { IdentityConfig } from '#config'
import { identityErrors } from '#identity.errors'
import { PasswordHasher } from '#ports/password-hasher.port'
import { KeepRegistration } from '../keep-registration/keep-registration.use-case.ts'
import { LimitMails } from '../limit-mails/limit-mails.use-case.ts'

@Injectable()
export class RegisterPerson {
  constructor(
    @InjectConfig() private readonly config: IdentityConfig,
    private readonly limiting: LimitMails,
    private readonly hasher: PasswordHasher,
    private readonly keeping: KeepRegistration,
  ) {}

  /** Fails with REGISTRATION_OFF, TOO_MANY_MAILS or LOGIN_BUSY. */
  async execute({
    registration: { password, ...person },
    client,
  }: RequestOf<typeof register>): Promise<Result<Record<string, never>, CodedError>> {
    if (!this.config.registration) return err(identityErrors.of('REGISTRATION_OFF'))
    const limited = await this.limiting.execute(person.email, client)
    if (!limited.ok) return limited
    const hash = await this.hasher.hash(password)
    if (!hash.ok) return hash
    await this.keeping.execute(person, hash.value)
    return ok({})
  }
}
