/**
 * Which requests go into the audit log, and what of them. Called by the route's answer. Pure.
 * Must never take anything of a body.
 */
import type { RouteContract } from '@tradewire/contracts/define-route'
import type { Credential } from '#domain/credential'

export interface AskedAct {
  readonly actId: string
  readonly userId: string
  readonly credentialId: string
  readonly operation: string
  readonly subject: Readonly<Record<string, string>>
  readonly address: string
  /** Exits and stops: they go on when the log cannot be reached. */
  readonly mustPass: boolean
}

interface Request {
  readonly route: Pick<RouteContract, 'access' | 'method' | 'operation' | 'scope'>
  readonly shown: Credential | undefined
  readonly params: unknown
  readonly address: string
}

/** The act of a request that may change something; null for reads and for what has no caller. */
export function auditedAct({ route, shown, params, address }: Request, actId: string): AskedAct | null {
  if (shown === undefined || route.access === 'public' || route.method === 'GET') return null
  const { operation, scope } = route
  const subject = Object.fromEntries(Object.entries(params ?? {}).map(([name, value]) => [name, String(value)]))
  const { id: credentialId, caller } = shown
  return { actId, userId: caller.userId, credentialId, operation, subject, address, mustPass: scope === 'trade' }
}
