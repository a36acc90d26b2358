/**
 * Sends the mails that are due, each as often as its schedule says. Called by the mail job.
 * Must never let one mail that fails hold the others up.
 */
import { Injectable } from '@nestjs/common'
import { Randomness } from '@tradewire/kernel/randomness'
import { InjectLogger } from '@tradewire/nest-kit/tokens'
import type { Logger } from '@tradewire/observability/logger'
import { judgeSending } from '#domain/users/mail'
import { MailSender } from '#ports/mail-sender.port'
import { type ClaimedMail, Mails } from '#ports/mails.port'
import { WriteLetter } from '../write-letter/write-letter.use-case.ts'

/** Sent at the same moment. */
const mailsPerClaimMax = 5

@Injectable()
export class SendMails {
  constructor(
    private readonly mails: Mails,
    private readonly writing: WriteLetter,
    private readonly sender: MailSender,
    private readonly randomness: Randomness,
    @InjectLogger() private readonly logger: Logger,
  ) {}

  /** True when there may be more. */
  async execute(): Promise<boolean> {
    const claimed = await this.mails.claim(mailsPerClaimMax)
    const done = await Promise.allSettled(claimed.map((mail) => this.send(mail)))
    for (const { reason } of done.filter((outcome) => outcome.status === 'rejected')) {
      this.logger.warn({ err: reason as Error }, 'a mail is tried again after its claim')
    }
    return claimed.length === mailsPerClaimMax
  }

  private async send(mail: ClaimedMail): Promise<void> {
    const letter = await this.writing.execute(mail)
    if (letter === null) return this.mails.record(mail.id, { state: 'unwanted' })
    const outcome = await this.sender.send(mail.id, letter)
    const verdict = judgeSending(outcome, mail.attempts, this.randomness)
    if (verdict.state !== 'sent') this.logger.warn({ mailId: mail.id, ...verdict }, 'a mail was not sent')
    await this.mails.record(mail.id, verdict)
  }
}
