/** One round of the work that nobody asks for, until nothing is left of it. Called by the job and by simulations. Must never wait. */
import { Injectable } from '@nestjs/common'
import { PassTime } from '../pass-time/pass-time.use-case.ts'
import { ProcessEvents } from '../process-events/process-events.use-case.ts'
import { PullProvider } from '../pull-provider/pull-provider.use-case.ts'
import { RenewByLink } from '../renew-by-link/renew-by-link.use-case.ts'
import { RunRules } from '../run-rules/run-rules.use-case.ts'

@Injectable()
export class RunBilling {
  constructor(
    private readonly processEvents: ProcessEvents,
    private readonly passTime: PassTime,
    private readonly renewByLink: RenewByLink,
    private readonly pullProvider: PullProvider,
    private readonly runRules: RunRules,
  ) {}

  async execute(work: 'events' | 'time' | 'pull'): Promise<void> {
    switch (work) {
      case 'events':
        while ((await this.processEvents.execute()) > 0);
        return
      case 'time':
        await this.passTime.execute()
        await this.renewByLink.execute()
        await this.runRules.execute()
        return
      case 'pull':
        await this.pullProvider.execute()
    }
  }
}
