/**
 * When the platform's own account at a venue stands in for what a request leaves out. Called by connect-accounts. Pure.
 * Must never use a token where it is not known.
 */
import type { BrokerEnvironment, PlatformToken } from '@tradewire/broker-kit/define-broker'
import type { Venue } from '@tradewire/contracts/common'

/** Venues whose accounts are reached with one token of whoever owns their terminals. */
const venuesWithTokens: readonly Venue[] = ['metaapi']

export function environmentOf(
  asked: BrokerEnvironment | 'platform',
  platform: PlatformToken | undefined,
): BrokerEnvironment {
  return asked === 'platform' ? (platform?.environment ?? 'paper') : asked
}

/** Whether neither the request nor the platform has the token that the venue asks for. */
export function lacksToken(
  { venue, environment }: { readonly venue: Venue; readonly environment: BrokerEnvironment },
  credentials: Readonly<Record<string, string>>,
  platform: PlatformToken | undefined,
): boolean {
  if (!venuesWithTokens.includes(venue) || credentials['token'] !== undefined) return false
  return platform?.environment !== environment
}
