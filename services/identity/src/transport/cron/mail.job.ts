/** Looks for mails that are due. Started with the service. Must never run twice at once in one process; several processes may. */
import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common'
import { InjectLogger } from '@tradewire/nest-kit/tokens'
import type { Logger } from '@tradewire/observability/logger'
import { SendMails } from '#use-cases/send-mails/send-mails.use-case'

/** How soon a new mail is noticed. */
const idlePollMs = 500
const failurePollMs = 2_000

@Injectable()
export class MailJob implements OnApplicationBootstrap, OnApplicationShutdown {
  private timer: NodeJS.Timeout | undefined
  private running: Promise<void> = Promise.resolve()
  private stopping = false

  constructor(
    private readonly sending: SendMails,
    @InjectLogger() private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.repeat(idlePollMs)
  }

  /** Waits for what is under way; what a killed process held is claimed again. */
  async onApplicationShutdown(): Promise<void> {
    this.stopping = true
    clearTimeout(this.timer)
    await this.running
  }

  private repeat(waitMs: number): void {
    if (this.stopping) return
    this.timer = setTimeout(() => {
      this.running = this.run().then((nextMs) => this.repeat(nextMs))
    }, waitMs)
  }

  private async run(): Promise<number> {
    try {
      return (await this.sending.execute()) ? 0 : idlePollMs
    } catch (error) {
      this.logger.warn({ err: error }, 'due mails could not be claimed')
      return failurePollMs
    }
  }
}
