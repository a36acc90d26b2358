/**
 * Checks a password and starts a session: count the attempt, check, forget the count, hand out tokens.
 * Called by the auth controller. Must never tell an unknown name from a wrong password, not even by its duration,
 * nor go by what a user was when the check began: it takes long enough for another password, other roles or an end.
 */
import { Injectable } from '@nestjs/common'
import type { RequestOf } from '@tradewire/contracts/define-rpc'
import type { LoggedIn, logIn } from '@tradewire/contracts/rpc/identity'
import { Database } from '@tradewire/database/database'
import { networkOf } from '@tradewire/kernel/client-network'
import type { CodedError } from '@tradewire/kernel/errors'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { judgeAttempt } from '#domain/limits/login-throttle'
import { Turns } from '#domain/limits/turns'
import { viewOf } from '#domain/users/user'
import { identityErrors } from '#identity.errors'
import { LoginAttempts, type AttemptKey } from '#ports/login-attempts.port'
import { PasswordHasher } from '#ports/password-hasher.port'
import { Users } from '#ports/users.port'
import { OpenSession } from '#use-cases/open-session/open-session.use-case'

type Request = RequestOf<typeof logIn>

/** Log-ins of one name from one address that may wait for each other. */
const waitingMax = 40

@Injectable()
export class LogIn {
  private readonly turns = new Turns(waitingMax)

  constructor(
    private readonly database: Database,
    private readonly users: Users,
    private readonly attempts: LoginAttempts,
    private readonly hasher: PasswordHasher,
    private readonly opener: OpenSession,
  ) {}

  /** Fails with TOO_MANY_ATTEMPTS, WRONG_CREDENTIALS, SECOND_FACTOR_NEEDED, WRONG_CODE, PASSKEY_INVALID or LOGIN_BUSY. */
  async execute(request: Request): Promise<Result<LoggedIn, CodedError>> {
    const username = request.credentials.username.trim().toLowerCase()
    const key = { username, address: networkOf(request.client.address) }
    const turn = await this.turns.take(JSON.stringify(key), () => this.attempt(key, request))
    return turn ?? err(identityErrors.of('LOGIN_BUSY'))
  }

  /** The attempt is counted before it is checked: guesses through many processes cannot outrun the count either. */
  private async attempt(key: AttemptKey, request: Request): Promise<Result<LoggedIn, CodedError>> {
    const count = await this.attempts.count(key)
    const verdict = judgeAttempt(count, count.now)
    if (!verdict.allowed) {
      return err(identityErrors.of('TOO_MANY_ATTEMPTS', { retryAfterSeconds: verdict.retryAfterSeconds }))
    }
    const first = await this.open(key, request)
    return first ?? (await this.open(key, request)) ?? err(identityErrors.of('WRONG_CREDENTIALS'))
  }

  /** Null when the hash was replaced during the check: by another password, or by a log-in that hashed the same anew. */
  private async open(key: AttemptKey, { credentials, client }: Request): Promise<Result<LoggedIn, CodedError> | null> {
    const known = await this.users.findByName(key.username)
    const check = await this.hasher.check(known?.passwordHash ?? null, credentials.password)
    if (!check.ok) {
      await this.attempts.refund(key)
      return check
    }
    if (known === null || !check.value.matches || known.disabledAt !== null) {
      return err(identityErrors.of('WRONG_CREDENTIALS'))
    }
    const newHash = check.value.outdated ? await this.hasher.hash(credentials.password) : undefined
    const passwordHash = newHash?.ok === true ? newHash.value : undefined
    return this.database.transact(async (tx) => {
      const user = await this.users.lock(tx, known.id)
      if (user === null || user.disabledAt !== null) return err(identityErrors.of('WRONG_CREDENTIALS'))
      if (user.passwordHash !== known.passwordHash) return null
      await this.attempts.forget(tx, key)
      if (passwordHash !== undefined) await this.users.changeHash(tx, user.id, passwordHash)
      const tokens = await this.opener.execute(tx, user, { ...client, proof: credentials })
      return tokens.ok ? ok({ ...tokens.value, user: viewOf(user) }) : tokens
    })
  }
}
