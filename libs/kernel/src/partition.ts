/**
 * The partition of an account: commands to brokers are split by it and each partition has one owner at a time.
 * Called by the bus, orders and brokers. Must never change for a running installation.
 */
export const partitionCount = 16

/** FNV-1a over the id's text, modulo partitionCount: 0..15. */
export function partitionOf(accountId: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < accountId.length; index += 1) {
    hash ^= accountId.charCodeAt(index)
    hash = Math.imul(hash, 0x01000193)
  }
  return (hash >>> 0) % partitionCount
}

/** The subject token of a partition: p00..p15. */
export function partitionToken(partition: number): string {
  return `p${String(partition).padStart(2, '0')}`
}
