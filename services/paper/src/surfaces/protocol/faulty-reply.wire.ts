/**
 * Sends the answer to a call the way the fault switches want it: late, not at all, or as an unknown outcome.
 * Called by every protocol once the venue has settled. Must never change what the venue did.
 */
import { setTimeout as wait } from 'node:timers/promises'
import type { Result } from '@tradewire/kernel/result'
import type { FastifyReply } from 'fastify'
import type { FaultBoard, Operation } from '#domain/protocol/faults'
import type { Account } from '#domain/state'

export interface SettledCall<Refusal> {
  readonly faults: FaultBoard
  readonly account: Account
  /** Read when left out. */
  readonly operation: Operation | undefined
  readonly answer: Result<unknown, Refusal>
  readonly refuse: (reply: FastifyReply, refusal: Refusal) => FastifyReply
  /** The protocol's word for "it may have been executed". */
  readonly unknown: Refusal
  /** Its word for an id that is taken. */
  readonly taken?: Refusal
}

/** The order stands by now, or was refused; what the client learns of it is another matter. */
export async function replyThroughFaults<Refusal>(
  reply: FastifyReply,
  { faults, account, operation = 'read', answer, refuse, unknown, taken }: SettledCall<Refusal>,
): Promise<FastifyReply> {
  const call = { venue: account.venue, accountId: account.id, operation }
  const latency = faults.strike('latency', call)
  if (latency !== undefined) await wait(latency.milliseconds)
  if (!answer.ok) return refuse(reply, answer.error)
  if (faults.strike('drop-reply-after-accept', call) !== undefined) {
    reply.hijack()
    reply.raw.destroy()
    return reply
  }
  if (faults.strike('error-after-accept', call) !== undefined) return refuse(reply, unknown)
  if (taken !== undefined && faults.strike('repeat-request', call) !== undefined) return refuse(reply, taken)
  return reply.send(answer.value)
}
