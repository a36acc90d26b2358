/**
 * How records change a manager's users and the money of their accounts. Called by the fold only.
 * Must never decide anything, nor read a clock.
 */
import type { ManagedUser } from '../accounts/managed-user.ts'
import type { FundsMoved, UserChanged, UserOpened } from '../records.ts'
import type { Account } from '../state.ts'

export function openedUser({ accountId, ownerId, login, profile, at }: UserOpened): ManagedUser {
  return { accountId, ownerId, login, registeredAt: at, profile, password: null, investorPassword: null }
}

export function changeUser(user: ManagedUser | undefined, account: Account, record: UserChanged): void {
  if (user === undefined) return
  user.profile = { ...user.profile, ...record.profile }
  user.password = record.password ?? user.password
  user.investorPassword = record.investorPassword ?? user.investorPassword
  account.leverageMax = user.profile.leverage
}

export function moveFunds(account: Account, { id, purpose, moved, comment, expiresAt, at }: FundsMoved): void {
  account.transfers.push({ id, purpose, moved, comment, expiresAt, at })
  account.updatedAt = at
  if (purpose === 'credit') {
    account.credit += moved
    return
  }
  const balance = account.balances.get(account.currency) ?? { free: 0n, locked: 0n }
  balance.free += moved
  account.balances.set(account.currency, balance)
}
