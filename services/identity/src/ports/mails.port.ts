/** What use cases need of mails that wait to be sent. Implemented by store/. Must never hold a token. */
import type { Transaction } from '@tradewire/database/transaction'
import type { Id } from '@tradewire/kernel/ids'
import type { MailKind, MailVerdict } from '#domain/users/mail'
import type { RegistrationId } from '#ports/registrations.port'

export type MailId = Id<'Mail'>

export interface NewMail {
  readonly id: MailId
  readonly kind: MailKind
  readonly email: string
  /** The registration to confirm; null for the newest of the address. */
  readonly registrationId: RegistrationId | null
}

export interface ClaimedMail extends NewMail {
  /** With the one that the claim is for. */
  readonly attempts: number
}

export abstract class Mails {
  abstract add(tx: Transaction, mail: NewMail): Promise<void>
  /** For a while: what a process held when it was killed is claimed again. */
  abstract claim(rows: number): Promise<readonly ClaimedMail[]>
  abstract record(id: MailId, verdict: MailVerdict | { readonly state: 'unwanted' }): Promise<void>
}
