/** Looks for mails that are due. Called by Nest. Must never decide anything; several processes may look at once. */
import { Injectable } from '@nestjs/common'
import { RegularJob } from '@tradewire/nest-kit/regular-job'
import { InjectLogger } from '@tradewire/nest-kit/tokens'
import type { Logger } from '@tradewire/observability/logger'
import { SendMails } from '#use-cases/send-mails/send-mails.use-case'

/** How soon a new mail is noticed. */
const idlePollMs = 500
const failurePollMs = 2_000

@Injectable()
export class MailJob extends RegularJob {
  constructor(mails: SendMails, @InjectLogger() logger: Logger) {
    super(logger, {
      work: () => mails.execute(),
      everyMs: idlePollMs,
      afterFailureMs: failurePollMs,
      failed: 'due mails could not be claimed',
    })
  }
}
