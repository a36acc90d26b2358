/**
 * A trading account as a cloud terminal runs it: who added it, and whether its terminal is up at a moment.
 * Called by the fold and by the protocol of such a venue. Must never know an account's password.
 */
import type { CloudAccountAdded, CloudAccountChanged } from '../records.ts'

export interface CloudAccount {
  readonly id: string
  /** The account whose token added it. */
  readonly ownerId: string
  readonly accountId: string
  readonly transactionId: string
  readonly region: string
  readonly magic: number
  readonly server: string
  readonly metadata: Readonly<Record<string, unknown>>
  readonly createdAt: number
  name: string
  wanted: 'deployed' | 'undeployed'
  wantedSince: number
}

export type CloudState = 'DEPLOYING' | 'DEPLOYED' | 'UNDEPLOYING' | 'UNDEPLOYED'

export function addedAccount(record: CloudAccountAdded): CloudAccount {
  const { kind: _, cloudId: id, at, ...terms } = record
  return { ...terms, id, createdAt: at, wanted: 'deployed', wantedSince: at }
}

export function changeAccount(accounts: Map<string, CloudAccount>, record: CloudAccountChanged): void {
  const account = accounts.get(record.cloudId)
  if (account === undefined) return
  switch (record.change) {
    case 'deploy':
    case 'undeploy':
      account.wanted = record.change === 'deploy' ? 'deployed' : 'undeployed'
      account.wantedSince = record.at
      return
    case 'rename':
      account.name = record.name ?? account.name
      return
    case 'delete':
      accounts.delete(record.cloudId)
  }
}

/** A terminal takes `delayMs` to start or stop. */
export function stateAt(account: CloudAccount, now: number, delayMs: number): CloudState {
  const done = now >= account.wantedSince + delayMs
  if (account.wanted === 'deployed') return done ? 'DEPLOYED' : 'DEPLOYING'
  return done ? 'UNDEPLOYED' : 'UNDEPLOYING'
}

/** A terminal that has started takes as long again until its broker has answered. */
export function isConnected(account: CloudAccount, now: number, delayMs: number): boolean {
  return account.wanted === 'deployed' && now >= account.wantedSince + delayMs + delayMs
}
