/** Answers questions about brackets and positions. Called over the bus. Must never decide anything. */
import { Controller } from '@nestjs/common'
import { Answer } from '@tradewire/bus/decorators'
import type { RequestOf } from '@tradewire/contracts/define-rpc'
import { explainBracket } from '@tradewire/contracts/rpc/explanation'
import * as rpc from '@tradewire/contracts/rpc/orders'
import { ExplainBracket } from '../../use-cases/explain-bracket/explain-bracket.use-case.ts'
import { GetBracket } from '../../use-cases/get-bracket/get-bracket.use-case.ts'
import { ListBrackets } from '../../use-cases/list-brackets/list-brackets.use-case.ts'
import { ListPositions } from '../../use-cases/list-positions/list-positions.use-case.ts'
import { ReadOverview } from '../../use-cases/read-overview/read-overview.use-case.ts'

@Controller()
export class BracketsController {
  constructor(
    private readonly listBrackets: ListBrackets,
    private readonly getBracket: GetBracket,
    private readonly listPositions: ListPositions,
    private readonly explainBracket: ExplainBracket,
    private readonly readOverview: ReadOverview,
  ) {}

  @Answer(rpc.listBrackets)
  list(request: RequestOf<typeof rpc.listBrackets>) {
    return this.listBrackets.execute(request)
  }

  @Answer(rpc.getBracket)
  get(request: RequestOf<typeof rpc.getBracket>) {
    return this.getBracket.execute(request)
  }

  @Answer(explainBracket)
  explain(request: RequestOf<typeof explainBracket>) {
    return this.explainBracket.execute(request)
  }

  @Answer(rpc.listPositions)
  positions(request: RequestOf<typeof rpc.listPositions>) {
    return this.listPositions.execute(request)
  }

  @Answer(rpc.overview)
  overview(request: RequestOf<typeof rpc.overview>) {
    return this.readOverview.execute(request)
  }
}
