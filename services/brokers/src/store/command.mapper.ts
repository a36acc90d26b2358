/**
 * A command as the row of its attempt holds it: the ids in columns of their own, the rest as lean JSON.
 * Called by the attempt store. Must never lose a field: what is absent in the text has the value that stands here.
 */
import type { SubmitCommand } from '@tradewire/broker-kit/approved-order'
import { orderSubmit } from '@tradewire/contracts/events/orders'

export interface CommandRow {
  readonly intent_id: string
  readonly bracket_id: string
  readonly signal_id: string
  readonly strategy_id: string
  readonly account_id: string
  readonly command: string
}

const usual = {
  price: null,
  triggerPrice: null,
  callbackRatePercent: null,
  reduceOnly: false,
  leverage: null,
  expiresAt: null,
} as const satisfies Partial<SubmitCommand>

/** All but the ids, without what is usual. */
export function commandText(command: SubmitCommand): string {
  const { venue, symbol, purpose, leg, side, type, quantity, parts } = command
  return JSON.stringify({
    venue,
    symbol,
    purpose,
    leg,
    side,
    type,
    quantity,
    parts,
    price: command.price ?? undefined,
    triggerPrice: command.triggerPrice ?? undefined,
    callbackRatePercent: command.callbackRatePercent ?? undefined,
    reduceOnly: command.reduceOnly || undefined,
    leverage: command.leverage ?? undefined,
    expiresAt: command.expiresAt ?? undefined,
  })
}

export function commandOf(row: CommandRow): SubmitCommand {
  return orderSubmit.data.parse({
    ...usual,
    ...(JSON.parse(row.command) as object),
    intentId: row.intent_id,
    bracketId: row.bracket_id,
    signalId: row.signal_id,
    strategyId: row.strategy_id,
    accountId: row.account_id,
  })
}
