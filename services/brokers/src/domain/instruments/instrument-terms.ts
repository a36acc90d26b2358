/**
 * Whether two servers mean the same by a symbol. Pure; called by agree-instruments.
 * Must never let pass a difference that changes how much an order buys.
 */
import type { VenueInstrument } from '@tradewire/broker-kit/broker-session'
import { decimal } from '@tradewire/kernel/decimal'

const words = ['kind', 'base', 'quote'] as const
const amounts = [
  'contractSize',
  'quantityStep',
  'minimumQuantity',
  'maximumQuantity',
  'minimumNotional',
  'priceStep',
] as const

function agree(one: VenueInstrument, other: VenueInstrument): boolean {
  return (
    words.every((word) => one[word] === other[word]) &&
    amounts.every((amount) => decimal(one[amount]).eq(decimal(other[amount])))
  )
}

/** The symbols that both lists have and that are sized differently, in order. */
export function differingSymbols(listed: readonly VenueInstrument[], stored: readonly VenueInstrument[]): string[] {
  const known = new Map(stored.map((each) => [each.symbol, each]))
  return listed
    .filter((each) => !agree(each, known.get(each.symbol) ?? each))
    .map(({ symbol }) => symbol)
    .toSorted()
}
