/** What providers are to be told or asked without anybody's request: changes they must know of, money that came in twice, and what is sold. Called by the job. Must never wait. */
import { Injectable } from '@nestjs/common'
import { DropTakenChanges } from '../drop-taken-changes/drop-taken-changes.use-case.ts'
import { ListAtProviders } from '../list-at-providers/list-at-providers.use-case.ts'
import { ReturnSurplus } from '../return-surplus/return-surplus.use-case.ts'
import { TellChanges } from '../tell-changes/tell-changes.use-case.ts'

@Injectable()
export class TellProviders {
  constructor(
    private readonly dropTakenChanges: DropTakenChanges,
    private readonly tellChanges: TellChanges,
    private readonly returnSurplus: ReturnSurplus,
    private readonly listAtProviders: ListAtProviders,
  ) {}

  async execute(now: Date): Promise<void> {
    await this.dropTakenChanges.execute(now)
    await this.tellChanges.execute(now)
    await this.returnSurplus.execute(now)
    await this.listAtProviders.execute('changed')
  }
}
