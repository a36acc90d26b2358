/** Hands letters to a mail server. Implemented by clients/. Must never throw: what went wrong is an outcome. */
import type { Letter, SendOutcome } from '#domain/users/mail'
import type { MailId } from '#ports/mails.port'

export abstract class MailSender {
  /** The id becomes the message's own, so that readers see a repetition as one mail. */
  abstract send(id: MailId, letter: Letter): Promise<SendOutcome>
}
