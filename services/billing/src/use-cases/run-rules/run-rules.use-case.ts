/** What rules make of time: fees of periods that are over. Called by the job with everything else that time moves. Must never wait. */
import { Injectable } from '@nestjs/common'
import { CloseFeePeriods } from '../close-fee-periods/close-fee-periods.use-case.ts'

@Injectable()
export class RunRules {
  constructor(private readonly closeFeePeriods: CloseFeePeriods) {}

  async execute(): Promise<void> {
    while ((await this.closeFeePeriods.execute()) > 0);
  }
}
