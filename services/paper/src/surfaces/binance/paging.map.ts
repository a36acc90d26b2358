/**
 * Lists of orders and trades as Binance pages them: from an id, within a time, the newest when nothing is said.
 * Called by the order endpoints. Must never return more than the venue's limit.
 */
import type { Parameters } from './parameters.wire.ts'

const listItemsDefault = 500
const listItemsMax = 1_000

interface Listed {
  readonly id: number
  readonly at: number
}

/** Oldest first, at most `limit`, from the newest end unless the request says where to start. */
export function page<Item>(
  parameters: Parameters,
  items: readonly Item[],
  keyOf: (item: Item) => Listed,
  fromName: string,
): Item[] {
  const limit = Math.min(parameters.integer('limit') ?? listItemsDefault, listItemsMax)
  const from = parameters.integer(fromName)
  const start = parameters.integer('startTime') ?? 0
  const end = parameters.integer('endTime') ?? Number.MAX_SAFE_INTEGER
  const matching = items.filter((item) => {
    const { id, at } = keyOf(item)
    return id >= (from ?? 0) && at >= start && at <= end
  })
  return from === undefined && start === 0 ? matching.slice(-limit) : matching.slice(0, limit)
}
