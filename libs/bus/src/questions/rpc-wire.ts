/** The form of questions and answers on core NATS. Called by RpcClient and the answerer. Must never be used for news. */
import type { RpcContract } from '@tradewire/contracts/define-rpc'
import { z } from 'zod'

/** Epoch milliseconds by the clock of NATS (`Bus.nowMs`) after which nobody waits for the answer. */
export const deadlineHeader = 'Tradewire-Deadline'
export const traceHeader = 'traceparent'
/** A request that may come more than once and must be answered once; as JSON. */
export const requestKeyHeader = 'Tradewire-Request-Key'

export function rpcSubjectOf(contract: RpcContract): string {
  return `rpc.${contract.name}`
}

const errorKinds = [
  'invalid',
  'unauthenticated',
  'forbidden',
  'not-found',
  'conflict',
  'refused',
  'rate-limited',
  'unavailable',
  'unknown',
] as const

const codedError = z.object({
  code: z.string(),
  kind: z.enum(errorKinds).catch('unknown'),
  message: z.string(),
  fix: z.string().optional(),
  context: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null(), z.array(z.string())])),
})

/** {ok: true, value} or {ok: false, error}: a Result as JSON. */
export const rpcReply = z.union([
  z.object({ ok: z.literal(true), value: z.unknown() }),
  z.object({ ok: z.literal(false), error: codedError }),
])
