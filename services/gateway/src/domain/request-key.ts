/**
 * What makes two requests the same one: caller, operation and the Idempotency-Key that the caller chose.
 * Called by the route's answer. Pure; must never look at anything of which a repetition may differ, such as its address.
 */
import type { RouteContract } from '@tradewire/contracts/define-route'
import { idempotencyKeyCharactersMax } from '@tradewire/contracts/http/gateway'
import { uuidOfHash } from '@tradewire/kernel/ids'
import type { Credential } from './credential.ts'

/** Digests of whose request it is, and of all that was sent. */
export interface RequestKey {
  readonly id: string
  readonly body: string
}

interface Keyed {
  readonly route: Pick<RouteContract, 'operation' | 'idempotency'>
  readonly shown: Credential | undefined
  readonly idempotencyKey: string | undefined
}

const plain = /^[\x21-\x7e]+$/

/** Undefined when no key was sent, or the route takes none; `sent` is all of the request that was checked. */
export function requestKeyOf(request: Keyed, sent: readonly unknown[]): RequestKey | undefined | 'malformed' {
  const { route, shown, idempotencyKey } = request
  if (route.idempotency === 'none' || shown === undefined || idempotencyKey === undefined) return undefined
  const key = idempotencyKey.replace(/^"(.*)"$/, '$1')
  if (!plain.test(key) || key.length > idempotencyKeyCharactersMax) return 'malformed'
  const id = uuidOfHash(JSON.stringify(['request', shown.caller.userId, route.operation, key]))
  return { id, body: uuidOfHash(JSON.stringify(sent)) }
}

/** What the second service that a route asks knows the same request by: it may be the first one too. */
export function stepKeyOf({ id, body }: RequestKey): RequestKey {
  return { id: uuidOfHash(JSON.stringify(['step', id])), body }
}
