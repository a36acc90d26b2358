/** Mails in PostgreSQL, claimed with a lease. Implements the Mails port. Must never send anything. */
import { Injectable } from '@nestjs/common'
import { Database } from '@tradewire/database/database'
import type { Transaction } from '@tradewire/database/transaction'
import type { MailKind, MailVerdict } from '#domain/users/mail'
import { type ClaimedMail, type MailId, Mails, type NewMail } from '#ports/mails.port'
import type { RegistrationId } from '#ports/registrations.port'

/** Longer than every timeout of one sending together. */
const claimSeconds = 120
/** Ended mails are kept this long, to answer whether one was sent; the log says why not. */
const keepDays = 30
/** Old mails that a new one clears away. */
const sweepRows = 5

interface MailRow {
  readonly id: MailId
  readonly kind: MailKind
  readonly email: string
  readonly registration_id: RegistrationId | null
  readonly attempts: number
}

@Injectable()
export class SqlMails extends Mails {
  constructor(private readonly database: Database) {
    super()
  }

  async add(tx: Transaction, mail: NewMail): Promise<void> {
    await tx.query(
      `with swept as (
         delete from mail where ctid in (
           select ctid from mail where ended_at < now() - ${keepDays} * interval '1 day'
           limit ${sweepRows} for update skip locked)
       )
       insert into mail (id, kind, email, registration_id) values ($1, $2, $3, $4)`,
      [mail.id, mail.kind, mail.email, mail.registrationId],
    )
  }

  async claim(rows: number): Promise<readonly ClaimedMail[]> {
    const claimed = await this.database.query<MailRow>(
      `with due as (
         select id from mail where state = 'waiting' and next_attempt_at <= now()
           and (claimed_until is null or claimed_until < now())
         order by next_attempt_at limit $1 for update skip locked
       )
       update mail set claimed_until = now() + interval '${claimSeconds} seconds', attempts = attempts + 1
       from due where mail.id = due.id
       returning mail.id, kind, email, registration_id, attempts`,
      [rows],
    )
    return claimed.map(({ registration_id: registrationId, ...mail }) => ({ ...mail, registrationId }))
  }

  async record(id: MailId, verdict: MailVerdict | { readonly state: 'unwanted' }): Promise<void> {
    await this.database.query(
      `update mail set state = $2, claimed_until = null,
         next_attempt_at = now() + $3 * interval '1 millisecond', ended_at = case when $2 <> 'waiting' then now() end
       where id = $1`,
      [id, verdict.state, verdict.state === 'waiting' ? verdict.waitMs : 0],
    )
  }
}
