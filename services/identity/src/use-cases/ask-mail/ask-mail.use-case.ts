/**
 * Asks for a mail to an address that somebody typed. Called by the registration controller.
 * Must never look whether anybody has the address: that is done when the mail is sent.
 */
import { Injectable } from '@nestjs/common'
import type { RequestOf } from '@tradewire/contracts/define-rpc'
import type { forgotPassword } from '@tradewire/contracts/rpc/registration'
import { Database } from '@tradewire/database/database'
import type { CodedError } from '@tradewire/kernel/errors'
import { IdSource } from '@tradewire/kernel/ids'
import { ok, type Result } from '@tradewire/kernel/result'
import type { MailKind } from '#domain/users/mail'
import { Mails } from '#ports/mails.port'
import { LimitMails } from '../limit-mails/limit-mails.use-case.ts'

@Injectable()
export class AskMail {
  constructor(
    private readonly database: Database,
    private readonly mails: Mails,
    private readonly ids: IdSource,
    private readonly limiting: LimitMails,
  ) {}

  /** Fails with TOO_MANY_MAILS. */
  async execute(
    kind: MailKind,
    { email, client }: RequestOf<typeof forgotPassword>,
  ): Promise<Result<Record<string, never>, CodedError>> {
    const limited = await this.limiting.execute(email, client)
    if (!limited.ok) return limited
    const mail = { id: this.ids.next<'Mail'>(), kind, email, registrationId: null }
    await this.database.transact((tx) => this.mails.add(tx, mail))
    return ok({})
  }
}
