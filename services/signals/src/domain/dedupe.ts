/**
 * When two alerts are the same alert sent twice.
 * Called by the alert intake. Must never depend on the order of fields or on white space.
 */
import { uuidOfHash } from '@tradewire/kernel/ids'
import type { Alert } from './alert.ts'

/** TradingView repeats an alert within 15 s; a strategy does not fire the same prices twice within this window. */
export const dedupeWindowSeconds = 60
/** An alert that carries its own id is recognised for this long. */
export const dedupeByIdWindowSeconds = 86_400

export interface DedupeKey {
  /** A digest in the form of a UUID, which is stored and compared at a quarter of the cost of its text. */
  readonly key: string
  readonly windowSeconds: number
}

/** The sender's own id if there is one, else a hash of everything that the alert says. */
export function dedupeKeyOf(alert: Alert): DedupeKey {
  if (alert.alertId !== null) return { key: keyOf(['id', alert.alertId]), windowSeconds: dedupeByIdWindowSeconds }
  const { side, price, stop, targets, trailing, winRate } = alert
  return { key: keyOf(['body', side, price, stop, targets, trailing, winRate]), windowSeconds: dedupeWindowSeconds }
}

/** The same orders for the same followers, in whatever order they are named. */
export function ordersKeyOf(order: unknown, followIds: readonly string[]): DedupeKey {
  return { key: keyOf(['orders', order, followIds.toSorted()]), windowSeconds: dedupeWindowSeconds }
}

/** A request that its sender has numbered. */
export function requestKeyOf(requestId: string): DedupeKey {
  return { key: keyOf(['request', requestId]), windowSeconds: dedupeByIdWindowSeconds }
}

function keyOf(parts: readonly unknown[]): string {
  return uuidOfHash(JSON.stringify(parts))
}
