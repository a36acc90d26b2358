/** The whole story of one bracket. Called by the rpc controller. Must never show what is not the caller's. */
import { Injectable } from '@nestjs/common'
import type { RequestOf } from '@tradewire/contracts/define-rpc'
import type { ExplanationReply, explainBracket } from '@tradewire/contracts/rpc/explanation'
import type { CodedError } from '@tradewire/kernel/errors'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { InjectConfig } from '@tradewire/nest-kit/tokens'
import type { OrdersConfig } from '../../config.ts'
import { scopeOf } from '../../domain/bracket/ownership.ts'
import { ordersErrors } from '../../orders.errors.ts'
import { BracketReads } from '../../ports/bracket-reads.port.ts'
import { explanationOf } from '../../domain/explain/explanation.ts'

@Injectable()
export class ExplainBracket {
  constructor(
    @InjectConfig() private readonly config: OrdersConfig,
    private readonly reads: BracketReads,
  ) {}

  async execute({
    caller,
    bracketId,
  }: RequestOf<typeof explainBracket>): Promise<Result<ExplanationReply, CodedError>> {
    const story = await this.reads.story(scopeOf(caller), bracketId)
    const { entryCostPercent } = this.config
    return story === undefined
      ? err(ordersErrors.of('BRACKET_NOT_FOUND'))
      : ok(explanationOf({ ...story, entryCostPercent }))
  }
}
