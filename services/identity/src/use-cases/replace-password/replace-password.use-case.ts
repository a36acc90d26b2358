/**
 * What a new password means, inside the caller's transaction: sessions end, counts start again, the mailbox is told.
 * Called by the use cases that have proven who asks. Must never check anything itself.
 */
import { Injectable } from '@nestjs/common'
import type { Transaction } from '@tradewire/database/transaction'
import { IdSource } from '@tradewire/kernel/ids'
import type { User } from '#domain/users/user'
import { LoginAttempts } from '#ports/login-attempts.port'
import { Mails } from '#ports/mails.port'
import { Users } from '#ports/users.port'
import { EndSessions } from '../end-sessions/end-sessions.use-case.ts'

@Injectable()
export class ReplacePassword {
  constructor(
    private readonly users: Users,
    private readonly attempts: LoginAttempts,
    private readonly ending: EndSessions,
    private readonly mails: Mails,
    private readonly ids: IdSource,
  ) {}

  async execute(tx: Transaction, { id, username, email }: User, passwordHash: string): Promise<void> {
    await this.users.changeHash(tx, id, passwordHash)
    await this.attempts.forgetName(tx, username)
    await this.ending.execute(tx, id, 'password-changed')
    if (email === null) return
    await this.mails.add(tx, { id: this.ids.next<'Mail'>(), kind: 'password-changed', email, registrationId: null })
  }
}
