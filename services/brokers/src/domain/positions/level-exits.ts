/**
 * Our exits at a venue where stops and targets stand on positions: which positions each covers, and how it is remembered.
 * Called by the adapters of such venues. Must never let two exits hold the same level of a position at once.
 */
import type { OrderReference } from '@tradewire/broker-kit/broker-session'
import { decimal } from '@tradewire/kernel/decimal'

export type Level = 'stop' | 'target'

/** A stop or target of ours, as levels on positions. */
export interface Protection {
  readonly kind: Level
  readonly clientOrderId: string
  readonly symbol: string
  readonly price: string
  /** Zero when it is known from its venue id only. */
  readonly quantity: string
  readonly positions: readonly string[]
  cancelled: boolean
}

export interface LeveledPosition {
  readonly id: string
  readonly stopLoss: string | null
  readonly takeProfit: string | null
}

const exitsMax = 20_000
const venueId = /^(sl|tp)@(\d{1,20}(?:\.\d{1,20})?):(\d{1,20}(?:\+\d{1,20}){0,31})$/

/** What we keep as the venue's id of an exit: enough to know it again after a restart. */
export function venueIdOf({ kind, price, positions }: Protection): string {
  return `${kind === 'stop' ? 'sl' : 'tp'}@${price}:${positions.join('+')}`
}

function protectionOf(text: string, clientOrderId: string, symbol: string): Protection | null {
  const [, word, price, positions] = venueId.exec(text) ?? []
  if (word === undefined || price === undefined || positions === undefined) return null
  const kind = word === 'sl' ? 'stop' : 'target'
  return { kind, clientOrderId, symbol, price, quantity: '0', positions: positions.split('+'), cancelled: false }
}

function levelOf(position: Omit<LeveledPosition, 'id'>, kind: Level): string | null {
  return kind === 'stop' ? position.stopLoss : position.takeProfit
}

/** Whether the exit's level stands on one of its positions. */
export function stands(exit: Protection, positionOf: (id: string) => LeveledPosition | undefined): boolean {
  return (
    !exit.cancelled &&
    exit.positions.some((id) => {
      const position = positionOf(id)
      const level = position === undefined ? null : levelOf(position, exit.kind)
      return level !== null && decimal(level).eq(decimal(exit.price))
    })
  )
}

export class LevelExits {
  private readonly exits = new Map<string, Protection>()
  /** The level as it was when its position was last seen: what the venue closed it at. */
  private readonly lastLevels = new Map<string, Omit<LeveledPosition, 'id'>>()

  add(exit: Protection): void {
    this.exits.set(exit.clientOrderId, exit)
    forgetOldest(this.exits)
  }

  find(clientOrderId: string): Protection | undefined {
    return this.exits.get(clientOrderId)
  }

  /** Known again after a restart by the venue's id that we kept of it. Answers the exit; null when the id is none of one. */
  recall({ clientOrderId, venueOrderId, symbol }: OrderReference): Protection | null {
    const known = this.find(clientOrderId)
    const exit = known ?? protectionOf(venueOrderId ?? '', clientOrderId, symbol)
    if (known === undefined && exit !== null) this.add(exit)
    return exit
  }

  all(): readonly Protection[] {
    return [...this.exits.values()]
  }

  see({ id, stopLoss, takeProfit }: LeveledPosition): void {
    this.lastLevels.set(id, { stopLoss, takeProfit })
    forgetOldest(this.lastLevels)
  }

  /** The exit that set this level last, if it is still wanted. */
  holderOf(kind: Level, position: string): Protection | undefined {
    return this.all().findLast((exit) => exit.kind === kind && !exit.cancelled && exit.positions.includes(position))
  }

  /** Which exit of ours made the venue close the position at this level; null when none did. */
  ownerOf(kind: Level, positionId: string): string | null {
    const fits = this.all().filter((exit) => exit.kind === kind && exit.positions.includes(positionId))
    const last = this.lastLevels.get(positionId)
    const level = last === undefined ? null : levelOf(last, kind)
    const exact = fits.findLast(({ price }) => level !== null && decimal(price).eq(decimal(level)))
    return (exact ?? fits.findLast(({ cancelled }) => !cancelled) ?? fits.at(-1))?.clientOrderId ?? null
  }
}

function forgetOldest(map: Map<string, unknown>): void {
  const [oldest] = map.keys()
  if (map.size > exitsMax && oldest !== undefined) map.delete(oldest)
}
