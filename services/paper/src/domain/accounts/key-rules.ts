/**
 * What a venue says of an account's key besides letting it in, and which protocols have words for it.
 * Called by the fold, the surfaces and the control API. Must never let a rule be set that its venue could not tell.
 */
import type { Venue } from '@tradewire/contracts/common'

export interface KeyRules {
  readonly mayWithdraw: boolean
  /** Works from named addresses only. */
  readonly ipBound: boolean
  /** When it stops trading; null for never. */
  readonly expiresAt: number | null
}

export const freshKey: KeyRules = { mayWithdraw: false, ipBound: false, expiresAt: null }

const told: Readonly<Partial<Record<Venue, readonly (keyof KeyRules)[]>>> = {
  'binance-spot': ['mayWithdraw', 'ipBound', 'expiresAt'],
  'binance-usdm': ['mayWithdraw', 'ipBound', 'expiresAt'],
  coinbase: ['mayWithdraw'],
  'okx-spot': ['mayWithdraw', 'ipBound'],
  'okx-swap': ['mayWithdraw', 'ipBound'],
  tokocrypto: ['mayWithdraw'],
}

/** Those of the changes that the venue's protocol has no word for. */
export function untoldOf(venue: Venue, changes: object): readonly string[] {
  const known: readonly string[] = told[venue] ?? []
  return Object.keys(changes).filter((rule) => !known.includes(rule))
}

export function mayTrade({ expiresAt }: KeyRules, now: number): boolean {
  return expiresAt === null || now < expiresAt
}
