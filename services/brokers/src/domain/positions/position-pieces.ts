/**
 * Which positions, or parts of them, make up a quantity where each deal opens a position of its own. Pure: called by the
 * adapters of such venues. Must never choose more than the quantity.
 */
import { type Decimal, decimal, ZERO } from '@tradewire/kernel/decimal'

interface Held {
  readonly volume: string
}

export interface Piece<Position extends Held> {
  readonly position: Position
  readonly volume: Decimal
}

/** More positions than these are not searched for a sum that fits. */
const positionsMax = 16

/** Whole positions that make up the quantity exactly; null when none do. Those that stand first are taken before others. */
export function wholePositions<Position extends Held>(
  positions: readonly Position[],
  quantity: Decimal,
): readonly Position[] | null {
  const search = (from: number, rest: Decimal): Position[] | null => {
    if (rest.eq(ZERO)) return []
    for (let index = from; index < Math.min(positions.length, positionsMax); index += 1) {
      const position = positions[index]
      if (position === undefined || decimal(position.volume).gt(rest)) continue
      const others = search(index + 1, rest.minus(decimal(position.volume)))
      if (others !== null) return [position, ...others]
    }
    return null
  }
  return search(0, quantity)
}

/** What to close of which positions: whole ones where they fit, then a part; less where less is held. */
export function closingPieces<Position extends Held>(
  positions: readonly Position[],
  quantity: Decimal,
): readonly Piece<Position>[] {
  const whole = wholePositions(positions, quantity)
  if (whole !== null) return whole.map((position) => ({ position, volume: decimal(position.volume) }))
  const pieces: Piece<Position>[] = []
  let rest = quantity
  for (const position of positions) {
    if (rest.lte(ZERO)) break
    const volume = decimal(position.volume)
    const part = volume.lt(rest) ? volume : rest
    pieces.push({ position, volume: part })
    rest = rest.minus(part)
  }
  return pieces
}
