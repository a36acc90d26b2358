/**
 * Does a work for many at once; where that fails, in halves, until the one at fault stands alone and holds up no other.
 * Called by use cases whose work is a transaction. Must never hide who failed, nor take a database that is away, or a
 * conflict, for somebody's failure: those are thrown.
 */
import { RetryableError } from '#retryable-error'

export interface Failed<Item> {
  readonly item: Item
  readonly error: unknown
}

export interface DoneInHalves<Item, Value> {
  /** What each part that could be done has answered, in order. */
  readonly values: readonly Value[]
  readonly failed: readonly Failed<Item>[]
}

export async function inHalves<Item, Value>(
  items: readonly Item[],
  work: (items: readonly Item[]) => Promise<Value>,
): Promise<DoneInHalves<Item, Value>> {
  const [only] = items
  if (only === undefined) return { values: [], failed: [] }
  try {
    return { values: [await work(items)], failed: [] }
  } catch (error) {
    if (error instanceof RetryableError) throw error
    if (items.length === 1) return { values: [], failed: [{ item: only, error }] }
  }
  const middle = Math.ceil(items.length / 2)
  const first = await inHalves(items.slice(0, middle), work)
  const second = await inHalves(items.slice(middle), work)
  return { values: [...first.values, ...second.values], failed: [...first.failed, ...second.failed] }
}
