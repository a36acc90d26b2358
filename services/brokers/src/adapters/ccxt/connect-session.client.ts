/**
 * What opening a session throws, as a value. Called by the adapters of all exchanges.
 * Must never tell a failure as one of the order path: nothing has been placed yet.
 */
import { type BrokerError, connectivity } from '@tradewire/broker-kit/broker-error'
import type { BrokerSession } from '@tradewire/broker-kit/broker-session'
import type { ConnectOptions } from '@tradewire/broker-kit/define-broker'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { mapThrown, type VenueCodes } from './ccxt-error.map.ts'

export async function connectSession(
  codes: VenueCodes,
  open: () => Promise<BrokerSession>,
): Promise<Result<BrokerSession, BrokerError>> {
  try {
    return ok(await open())
  } catch (thrown) {
    const error = mapThrown(thrown, 'read', null, codes)
    return err(error.kind === 'auth' || error.kind === 'rate-limited' ? error : connectivity(error.message))
  }
}

/** Where a venue's stream is: at the paper service below the venue's path there. */
export function streamUrlOf(
  { environment, dependencies }: ConnectOptions,
  { paperPath, live }: { readonly paperPath: string; readonly live: string },
): string {
  return environment === 'paper' ? `${dependencies.paperUrl.replace(/^http/, 'ws')}${paperPath}` : live
}
