/**
 * An account as a broker's manager has it: its number, its owner's record, and money that the manager moved.
 * Called by the fold and by the protocol of managers. Must never hold a password in words.
 */
import type { Amount } from '../amount.ts'

/** What a manager writes about an owner. */
export interface UserProfile {
  readonly group: string
  readonly name: string
  readonly externalId: string
  readonly status: string
  readonly country: string
  readonly city: string
  readonly state: string
  readonly zipCode: string
  readonly address: string
  readonly leadSource: string
  readonly phone: string
  readonly email: string
  readonly comment: string
  readonly leverage: number
  readonly agentAccount: number
  readonly interestRate: number
  readonly taxes: number
  /** Bits: 1 may log in, 2 may change the password, 4 may only look, 8 needs a one-time password. */
  readonly enableFlags: number
  readonly sendReports: number
  readonly mqid: number
  readonly userColor: number
}

export interface ManagedUser {
  readonly accountId: string
  readonly ownerId: string
  readonly login: number
  readonly registeredAt: number
  profile: UserProfile
  /** Hashes; null before a password is set. */
  password: string | null
  investorPassword: string | null
}

/** Money in (above zero) or out. */
export interface Transfer {
  readonly id: number
  readonly purpose: 'balance' | 'credit'
  readonly moved: Amount
  readonly comment: string
  readonly expiresAt: number | null
  readonly at: number
}

/** The group of a manager's accounts in a currency. */
export function groupOf(currency: string): string {
  return `demo-${currency.toLowerCase()}`
}

export const mayLogIn = 1
export const mayOnlyLook = 4

const changeablePassword = 2
const leverageDefault = 100

export function newProfile(part: Pick<UserProfile, 'group' | 'name'> & Partial<UserProfile>): UserProfile {
  const texts = { externalId: '', status: '', country: '', city: '', state: '', zipCode: '', address: '' }
  const more = { leadSource: '', phone: '', email: '', comment: '', agentAccount: 0, interestRate: 0, taxes: 0 }
  const flags = { enableFlags: mayLogIn | changeablePassword, sendReports: 1, mqid: 0, userColor: 0 }
  return { ...texts, ...more, ...flags, ...part, leverage: part.leverage || leverageDefault }
}
