/**
 * What records add up to at a venue where each deal opens a position of its own: an average price, one net position per
 * symbol, an exit as an order. Pure: called by the adapters of such venues. Must never count anything that was not traded.
 */
import type { VenueOrder, VenuePosition } from '@tradewire/broker-kit/broker-session'
import type { Side } from '@tradewire/contracts/common'
import { type Decimal, decimal, sum, ZERO } from '@tradewire/kernel/decimal'
import { type Protection, venueIdOf } from '#domain/positions/level-exits'

export interface Executed {
  readonly volume: string
  readonly price: string
}

/** One position as the venue keeps it. */
export interface HeldPiece extends Executed {
  readonly side: Side
  /** What it would bring now, with what was booked for holding it. */
  readonly profit: Decimal
}

export function volumeOf(pieces: readonly Pick<Executed, 'volume'>[]): Decimal {
  return sum(pieces.map(({ volume }) => decimal(volume)))
}

export function averageOf(pieces: readonly Executed[]): string | null {
  const volume = volumeOf(pieces)
  if (volume.lte(ZERO)) return null
  return sum(pieces.map((piece) => decimal(piece.volume).times(decimal(piece.price))))
    .div(volume)
    .toString()
}

/** At most one per symbol: what is long and short at once is netted. */
export function netted(bySymbol: Iterable<readonly [symbol: string, pieces: readonly HeldPiece[]]>): VenuePosition[] {
  return [...bySymbol].flatMap(([symbol, pieces]) => {
    const bought = pieces.filter(({ side }) => side === 'buy')
    const sold = pieces.filter(({ side }) => side === 'sell')
    const net = volumeOf(bought).minus(volumeOf(sold))
    if (net.eq(ZERO)) return []
    const isLong = net.gt(ZERO)
    const position: VenuePosition = {
      symbol,
      side: isLong ? 'buy' : 'sell',
      quantity: net.abs().toString(),
      entryPrice: averageOf(isLong ? bought : sold),
      unrealizedPnl: sum(pieces.map(({ profit }) => profit)).toString(),
    }
    return [position]
  })
}

/** What closes of ours have brought about. */
export interface Closed {
  readonly pieces: readonly Executed[]
  /** When the last of them was closed. */
  readonly executedAt: Date | null
  readonly fee: Decimal
}

/** A stop or target as an order: working while its level stands, filled by what it closed. */
export function orderOfLevel(exit: Protection, isWorking: boolean, closed: Closed): VenueOrder {
  const ended = orderOfClose(exit, venueIdOf(exit), closed)
  return isWorking ? { ...ended, status: 'working' } : ended
}

/** An exit that closes by itself as an order: filled by what it closed, and otherwise at its end. */
export function orderOfClose(
  exit: { readonly clientOrderId: string; readonly symbol: string; readonly quantity: string },
  venueOrderId: string,
  { pieces, executedAt, fee }: Closed,
): VenueOrder {
  const filled = volumeOf(pieces)
  return {
    clientOrderId: exit.clientOrderId,
    venueOrderId,
    symbol: exit.symbol,
    status: filled.gt(ZERO) && filled.gte(decimal(exit.quantity)) ? 'filled' : 'cancelled',
    filledQuantity: filled.toString(),
    averagePrice: averageOf(pieces),
    fee: fee.toString(),
    feeCurrency: null,
    executedAt,
    message: null,
  }
}

/** A pending order of somebody else, as much as is needed to see it. */
export function foreignOrder(clientOrderId: string, venueOrderId: string, symbol: string): VenueOrder {
  const seen = { clientOrderId, venueOrderId, symbol, status: 'working', filledQuantity: '0' } as const
  return { ...seen, averagePrice: null, fee: null, feeCurrency: null, executedAt: null, message: null }
}
