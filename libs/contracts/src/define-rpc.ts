/**
 * Questions and commands that need an answer now, over NATS request/reply with a deadline.
 * Called by the service that answers and by those that ask.
 * Must never carry news: an event does that.
 */
import type { BoxPublicKey } from '@tradewire/kernel/sealed-box'
import type { z } from 'zod'

/** How the secrets of a question are sealed before it leaves, and who answers with the key for that. */
export interface Sealing {
  readonly keyOf: RpcContract<string, z.ZodType, z.ZodType<BoxPublicKey>>
  /** The checked request with its secrets sealed; what is sealed already stays as it is. */
  apply(request: unknown, key: BoxPublicKey): unknown
}

export interface RpcContract<
  Name extends string = string,
  Request extends z.ZodType = z.ZodType,
  Reply extends z.ZodType = z.ZodType,
> {
  /** `<service>.<noun>.<verb>`; the subject is `rpc.<name>`. */
  readonly name: Name
  readonly description: string
  readonly request: Request
  readonly reply: Reply
  /** How long the asker waits at most. */
  readonly deadlineMs: number
  /** Set where the request carries secrets that only the answering service may read. */
  readonly sealing?: Sealing
}

export type RequestOf<Contract extends RpcContract> = z.output<Contract['request']>
export type ReplyOf<Contract extends RpcContract> = z.output<Contract['reply']>

const defaultDeadlineMs = 5_000

export function defineRpc<const Name extends string, Request extends z.ZodType, Reply extends z.ZodType>(contract: {
  readonly name: Name
  readonly description: string
  readonly request: Request
  readonly reply: Reply
  readonly deadlineMs?: number
  readonly sealing?: {
    readonly keyOf: Sealing['keyOf']
    apply(request: z.output<Request>, key: BoxPublicKey): unknown
  }
}): RpcContract<Name, Request, Reply> {
  return { deadlineMs: defaultDeadlineMs, ...contract }
}
