/** Why one follower's money gives no order. Called by denials/all.ts. Must never change a code's meaning. */
import { z } from 'zod'
import { decimalText, venue } from '../common.ts'
import { defineDenial } from './define-denial.ts'

const sized = {
  quantity: decimalText.meta({ description: 'What was left under all caps' }),
  minimum: decimalText,
  minimumNotional: decimalText,
  bound: z.string().meta({ description: 'The cap that decided' }),
}

export const moneyDenials = {
  BALANCE_UNKNOWN: defineDenial(
    'The balance of the account is not known yet.',
    'Wait for the first balance after connecting; if it does not come, check the permissions of the API key.',
    { accountId: z.uuid() },
  ),
  BALANCE_IN_OTHER_CURRENCY: defineDenial(
    'The account is funded in another currency than the symbol is traded in.',
    'Hold the quote currency of the symbol on the account or, where the venue takes other collateral, set convertBalance.',
    { balance: z.string().nullable(), needed: z.string() },
  ),
  RATE_UNKNOWN: defineDenial(
    'The account is in another currency than the symbol is quoted in, and no fresh rate between the two is known.',
    'Hold the quote currency of the symbol. If the venue trades the two against each other, its rates are read regularly.',
    { venue, from: z.string(), to: z.string(), ageMaxMs: z.int() },
  ),
  STALE_BALANCE: defineDenial(
    'The last known balance is too old to size an order by.',
    'Check that the account is connected: its balance is read regularly while it is.',
    { ageMs: z.int(), ageMaxMs: z.int() },
  ),
  BALANCE_LIMIT_EXCEEDED: defineDenial(
    'The account holds more than the plan of the user allows.',
    'Choose a plan for larger accounts, or keep less on this one.',
    { plan: z.string(), balance: decimalText, currency: z.string(), maxBalance: decimalText },
  ),
  PROVIDER_EQUITY_UNKNOWN: defineDenial(
    "The size shall be in proportion to the provider's account, and what that account holds is not known.",
    'The provider names a funded account in the strategy and keeps it connected. Or choose another way of sizing.',
    {
      providerAccountId: z.uuid().nullable().meta({ description: 'Null when the strategy names none' }),
      equity: decimalText.nullable().meta({ description: 'As it was told last; null when it never was' }),
      currency: z.string().nullable(),
      needed: z.string(),
      ageMs: z.int().nullable(),
      ageMaxMs: z.int(),
    },
  ),
  INSUFFICIENT_BALANCE: defineDenial(
    'What is free on the account does not carry the smallest order that the venue takes.',
    'Add funds, close other positions, or raise the leverage of the follow.',
    sized,
  ),
  BELOW_MINIMUM: defineDenial(
    'The sized quantity is below what the venue takes.',
    'Add funds, ask for a larger size, or lift the limits on notional and quantity.',
    sized,
  ),
  MAX_RISK_EXCEEDED: defineDenial(
    'The stop of this trade would cost more than a limit allows for one trade.',
    'Use a smaller size or a closer stop, or raise the limit where it was set.',
    { atRisk: decimalText, allowed: decimalText },
  ),
  MAX_EXPOSURE_EXCEEDED: defineDenial(
    'With this trade the account would hold more than a limit on its exposure allows.',
    'Use a smaller size, close other positions, or raise the limit where it was set.',
    { exposure: decimalText, notional: decimalText, allowed: decimalText },
  ),
} as const
