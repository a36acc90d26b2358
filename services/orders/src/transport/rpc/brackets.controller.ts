/** Answers questions about brackets and positions. Called over the bus. Must never decide anything. */
import { Controller } from '@nestjs/common'
import { Answer } from '@tradewire/bus/decorators'
import type { RequestOf } from '@tradewire/contracts/define-rpc'
import * as rpc from '@tradewire/contracts/rpc/orders'
import { ExplainBracket } from '../../use-cases/explain-bracket/explain-bracket.use-case.ts'
import { ReadBrackets } from '../../use-cases/read-brackets/read-brackets.use-case.ts'
import { ReadOverview } from '../../use-cases/read-overview/read-overview.use-case.ts'

@Controller()
export class BracketsController {
  constructor(
    private readonly readBrackets: ReadBrackets,
    private readonly explainBracket: ExplainBracket,
    private readonly readOverview: ReadOverview,
  ) {}

  @Answer(rpc.listBrackets)
  list(request: RequestOf<typeof rpc.listBrackets>) {
    return this.readBrackets.list(request)
  }

  @Answer(rpc.getBracket)
  get(request: RequestOf<typeof rpc.getBracket>) {
    return this.readBrackets.one(request)
  }

  @Answer(rpc.explainBracket)
  explain(request: RequestOf<typeof rpc.explainBracket>) {
    return this.explainBracket.execute(request)
  }

  @Answer(rpc.listPositions)
  positions(request: RequestOf<typeof rpc.listPositions>) {
    return this.readBrackets.positions(request)
  }

  @Answer(rpc.overview)
  overview(request: RequestOf<typeof rpc.overview>) {
    return this.readOverview.execute(request)
  }
}
