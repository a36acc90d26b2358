/**
 * The command of an attempt as columns and back: its ids, and as JSON what else it says.
 * Called by the attempt store. Must never lose what a command says: the venue gets what is read back after a crash.
 */
import { orderSubmit } from '@tradewire/contracts/events/orders'
import type { SubmitCommand } from '@tradewire/broker-kit/approved-order'

export interface CommandRow {
  readonly intent_id: string
  readonly bracket_id: string
  readonly signal_id: string
  readonly strategy_id: string
  readonly account_id: string
  readonly terms: string
}

/** What is usual is left out of the text: there is one for each order. */
const usual = {
  price: null,
  triggerPrice: null,
  callbackRatePercent: null,
  reduceOnly: false,
  leverage: null,
  expiresAt: null,
} satisfies Partial<SubmitCommand>
const usualTerms = Object.entries(usual) as [keyof typeof usual, unknown][]

export function termsText(command: SubmitCommand): string {
  const { venue, symbol, purpose, leg, side, type, quantity, parts } = command
  const said: Partial<Record<keyof SubmitCommand, unknown>> = { venue, symbol, purpose, leg, side, type, quantity }
  if (parts !== undefined) said.parts = parts
  for (const [name, value] of usualTerms) if (command[name] !== value) said[name] = command[name]
  return JSON.stringify(said)
}

export function toCommand(row: CommandRow): SubmitCommand {
  return orderSubmit.data.parse({
    ...usual,
    ...(JSON.parse(row.terms) as object),
    intentId: row.intent_id,
    bracketId: row.bracket_id,
    signalId: row.signal_id,
    strategyId: row.strategy_id,
    accountId: row.account_id,
  })
}
