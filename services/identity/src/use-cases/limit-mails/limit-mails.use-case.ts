/**
 * Counts a wish for an e-mail, by its address and by where it came from. Called before a mail is asked for.
 * Must never look whether anybody has the address: known and unknown ones fare alike.
 */
import { Injectable } from '@nestjs/common'
import { networkOf } from '@tradewire/kernel/client-network'
import type { CodedError } from '@tradewire/kernel/errors'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { InjectConfig } from '@tradewire/nest-kit/tokens'
import type { IdentityConfig } from '#config'
import { attemptsMax, judgeAttempt } from '#domain/limits/login-throttle'
import { identityErrors } from '#identity.errors'
import { LoginAttempts } from '#ports/login-attempts.port'

/** In place of a client's address, and of a user name, neither of which looks like this. */
const anyClient = 'any client'
const anyMailbox = 'any mailbox'
/** Within the window of the log-in throttle. */
const mailsPerMailboxMax = attemptsMax

@Injectable()
export class LimitMails {
  constructor(
    private readonly attempts: LoginAttempts,
    @InjectConfig() private readonly config: IdentityConfig,
  ) {}

  /** Fails with TOO_MANY_MAILS. */
  async execute(email: string, client: { readonly address: string }): Promise<Result<void, CodedError>> {
    const counts = [
      { key: { username: anyMailbox, address: networkOf(client.address) }, most: this.config.mailsPerClientMax },
      { key: { username: email.toLowerCase(), address: anyClient }, most: mailsPerMailboxMax },
    ]
    for (const { key, most } of counts) {
      const count = await this.attempts.count(key)
      const verdict = judgeAttempt(count, count.now, most)
      if (!verdict.allowed) {
        return err(identityErrors.of('TOO_MANY_MAILS', { retryAfterSeconds: verdict.retryAfterSeconds }))
      }
    }
    return ok(undefined)
  }
}
