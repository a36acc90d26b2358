/** Answers what was done for an intent and which venues there are. Called over the bus. Must never decide anything. */
import { Controller } from '@nestjs/common'
import { Answer } from '@tradewire/bus/decorators'
import type { ReplyOf, RequestOf } from '@tradewire/contracts/define-rpc'
import * as rpc from '@tradewire/contracts/rpc/brokers'
import type { CodedError } from '@tradewire/kernel/errors'
import { ok, type Result } from '@tradewire/kernel/result'
import { allBrokers } from '#adapters/registry.adapter'
import { AttemptStore } from '#store/attempt.store'
import { attemptReply, venueReply } from './reply.map.ts'

@Controller()
export class AttemptsController {
  constructor(private readonly attempts: AttemptStore) {}

  @Answer(rpc.listAttempts)
  async list({
    intentIds,
  }: RequestOf<typeof rpc.listAttempts>): Promise<Result<ReplyOf<typeof rpc.listAttempts>, CodedError>> {
    const found = await this.attempts.byIntents(intentIds)
    return ok({ items: found.map(({ attempt, updatedAt }) => attemptReply(attempt, updatedAt)) })
  }

  @Answer(rpc.listVenues)
  async venues(): Promise<Result<ReplyOf<typeof rpc.listVenues>, CodedError>> {
    await Promise.resolve()
    return ok({ items: allBrokers.map(venueReply) })
  }
}
