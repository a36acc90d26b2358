/**
 * Letters to an SMTP server, or to files while none is set. Implements the MailSender port.
 * Must never send a user name and password over a connection without TLS, nor a letter to more than one address.
 */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Injectable, type OnModuleDestroy } from '@nestjs/common'
import { Clock } from '@tradewire/kernel/clock'
import { InjectConfig } from '@tradewire/nest-kit/tokens'
import { createTransport } from 'nodemailer'
import type { IdentityConfig } from '#config'
import type { Letter, SendOutcome } from '#domain/users/mail'
import { MailSender } from '#ports/mail-sender.port'
import type { MailId } from '#ports/mails.port'

const connectTimeoutMs = 10_000
const answerTimeoutMs = 20_000
const ownerOnly = 0o600
/** From here on a reply of the server is final (RFC 5321, 4.2.1). */
const permanentReplyMin = 500

@Injectable()
export class NodemailerSender extends MailSender implements OnModuleDestroy {
  private readonly smtp: ReturnType<typeof smtpTransport> | undefined
  private readonly composer = createTransport({ streamTransport: true, buffer: true, newline: 'windows' })
  private readonly directory: string

  constructor(
    @InjectConfig() { mailUrl, mailFrom, mailDirectory }: IdentityConfig,
    private readonly clock: Clock,
  ) {
    super()
    this.from = mailFrom
    this.directory = mailDirectory
    this.smtp = mailUrl === undefined ? undefined : smtpTransport(mailUrl)
  }

  private readonly from: string

  async send(id: MailId, { to, subject, text }: Letter): Promise<SendOutcome> {
    const message = {
      from: this.from,
      // As an object: an address with a comma must never become two.
      to: { name: '', address: to },
      subject,
      text,
      messageId: `<${id}@tradewire>`,
      date: this.clock.now(),
      headers: { 'auto-submitted': 'auto-generated' },
    }
    try {
      if (this.smtp === undefined) {
        const composed = await this.composer.sendMail(message)
        await this.write(id, composed.message as Buffer)
      } else {
        await this.smtp.sendMail(message)
      }
      return { kind: 'sent' }
    } catch (error) {
      return outcomeOf(error)
    }
  }

  onModuleDestroy(): void {
    this.smtp?.close()
  }

  /** Named by time, so that the newest stands last. A repetition of the same mail is another file. */
  private async write(id: MailId, content: Buffer): Promise<void> {
    await mkdir(this.directory, { recursive: true })
    const time = this.clock.now().toISOString().replaceAll(/[:.]/g, '-')
    await writeFile(join(this.directory, `${time}-${id}.eml`), content, { mode: ownerOnly })
  }
}

function smtpTransport(url: string) {
  return createTransport({
    url,
    connectionTimeout: connectTimeoutMs,
    greetingTimeout: connectTimeoutMs,
    socketTimeout: answerTimeoutMs,
    requireTLS: new URL(url).username !== '',
    disableFileAccess: true,
    disableUrlAccess: true,
  })
}

function outcomeOf(error: unknown): SendOutcome {
  const { message, responseCode } = error as { readonly message?: string; readonly responseCode?: number }
  const reason = message ?? 'the mail server could not be reached'
  const permanent = responseCode !== undefined && responseCode >= permanentReplyMin
  return { kind: permanent ? 'refused' : 'retry', reason }
}
