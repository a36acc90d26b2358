/** Answers what was done for an intent. Called over the bus. Must never decide anything. */
import { Controller } from '@nestjs/common'
import { Answer } from '@tradewire/bus/decorators'
import type { ReplyOf, RequestOf } from '@tradewire/contracts/define-rpc'
import * as rpc from '@tradewire/contracts/rpc/attempts'
import type { CodedError } from '@tradewire/kernel/errors'
import { ok, type Result } from '@tradewire/kernel/result'
import { ReadAttempts } from '../../use-cases/read-attempts/read-attempts.use-case.ts'

@Controller()
export class AttemptsController {
  constructor(private readonly attempts: ReadAttempts) {}

  @Answer(rpc.listAttempts)
  async list({
    intentIds,
  }: RequestOf<typeof rpc.listAttempts>): Promise<Result<ReplyOf<typeof rpc.listAttempts>, CodedError>> {
    return ok({ items: await this.attempts.execute(intentIds) })
  }
}
