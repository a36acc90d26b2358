/**
 * Reads of an account's venue what reconciliation compares: lists first, then only what they leave open.
 * Called by reconcile-account. Must never pass a part that could not be read for an empty one.
 */
import { Injectable } from '@nestjs/common'
import type { VenueFill, VenueOrder, VenuePosition } from '@tradewire/broker-kit/broker-session'
import { decodeClientOrderId } from '@tradewire/broker-kit/client-order-id'
import { readLagMsOf } from '@tradewire/broker-kit/define-broker'
import type { Attempt } from '#domain/attempt/attempt'
import { Desk } from '#domain/sending/desk'
import { attemptOf, type Belief, fillsFrom, readsWanted, type View } from '#domain/reconcile/reconcile'
import { Attempts } from '#ports/attempts.port'
import { DatabaseTime } from '#ports/database-time.port'
import type { AccountSession } from '#ports/sessions.port'
import { LookUpOrder } from '../look-up-order/look-up-order.use-case.ts'

export type Remembered = Pick<Belief, 'holdings' | 'firstReadAt' | 'sightings' | 'touched'>

export interface Reading {
  readonly belief: Belief
  readonly view: View
  /** Orders that the lists did not show and that were found singly. */
  readonly found: readonly VenueOrder[]
  readonly nowMs: number
  readonly lagMs: number
}

@Injectable()
export class ReadVenue {
  constructor(
    private readonly desk: Desk,
    private readonly attempts: Attempts,
    private readonly lookUp: LookUpOrder,
    private readonly time: DatabaseTime,
  ) {}

  /** Null when something could not be read. */
  async execute(opened: AccountSession, remembered: Remembered): Promise<Reading | null> {
    const { account, definition, session } = opened
    const { capabilities } = definition
    const lagMs = readLagMsOf(definition, account.environment)
    const readAt = this.time.now()
    const nowMs = this.time.monotonicMs()
    // What is believed is noted before the reading: an order that is sent meanwhile is not missed in it.
    const open = this.desk.ofAccount(account.id).map(({ attempt }) => attempt)
    const [orders, positions] = await Promise.all([session.openOrders(), session.positions()])
    if (!orders.ok || !positions.ok) return null
    const belief: Belief = {
      ...remembered,
      clientIdRule: capabilities.clientId,
      coins: capabilities.positions === 'coins',
      attempts: byIntent(open),
    }
    const rest = await this.readRest(opened, belief, {
      openOrders: orders.value,
      positions: positions.value,
      readAt,
      lagMs,
    })
    if (rest === null) return null
    const named = await this.namedAttempts(account.id, belief, [...orders.value, ...[...rest.fills.values()].flat()])
    return {
      belief: { ...belief, attempts: byIntent([...open, ...named]) },
      view: { readAt, openOrders: orders.value, positions: positions.value, fills: rest.fills, absent: rest.absent },
      found: rest.found,
      nowMs,
      lagMs,
    }
  }

  private async readRest(
    opened: AccountSession,
    belief: Belief,
    seen: {
      readonly openOrders: readonly VenueOrder[]
      readonly positions: readonly VenuePosition[]
      readonly readAt: Date
      readonly lagMs: number
    },
  ): Promise<(Pick<View, 'fills' | 'absent'> & Pick<Reading, 'found'>) | null> {
    const wanted = readsWanted(belief, seen)
    const found: VenueOrder[] = []
    const absent = new Set<string>()
    for (const attempt of wanted.orders) {
      const order = await this.lookUp.execute(opened, attempt, seen.openOrders)
      if (!order.ok) return null
      if (order.value === null) absent.add(attempt.command.intentId)
      else found.push(order.value)
    }
    const fills = new Map<string, readonly VenueFill[]>()
    for (const symbol of wanted.symbols) {
      const read = await opened.session.fillsSince(symbol, fillsFrom(belief, symbol, seen.lagMs))
      if (!read.ok) return null
      fills.set(symbol, read.value)
    }
    return { fills, absent, found }
  }

  /** Orders of ours that the venue names and that are in memory no longer. */
  private async namedAttempts(
    accountId: string,
    belief: Belief,
    told: readonly { readonly clientOrderId: string | null; readonly venueOrderId: string | null }[],
  ): Promise<readonly Attempt[]> {
    const unknown = told.filter((each) => attemptOf(belief, each) === undefined)
    if (unknown.length === 0) return []
    const decoded = unknown.map(({ clientOrderId }) =>
      clientOrderId === null ? null : decodeClientOrderId(belief.clientIdRule, clientOrderId),
    )
    const intents = [...new Set(decoded.filter((intentId) => intentId !== null))]
    if (intents.length === 0) return []
    const stored = await this.attempts.byIntents(intents)
    return stored.map(({ attempt }) => attempt).filter(({ command }) => command.accountId === accountId)
  }
}

function byIntent(attempts: readonly Attempt[]): ReadonlyMap<string, Attempt> {
  return new Map(attempts.map((attempt) => [attempt.command.intentId, attempt]))
}
