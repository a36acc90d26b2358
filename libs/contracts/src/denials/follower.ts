/** Why one follower may not enter, whatever the size. Called by denials/all.ts. Must never change a code's meaning. */
import { z } from 'zod'
import { decimalText, side, timestamp, venue } from '../common.ts'
import { lossFigures } from '../loss-figures.ts'
import { defineDenial } from './define-denial.ts'

const whole = z.int().nonnegative()

export const followerDenials = {
  KILL_SWITCH: defineDenial(
    'A kill switch is engaged: no new entries for now. Exits pass.',
    'The context names the switch and why it was engaged. Whoever may release it does so in two steps.',
    { killSwitchId: z.uuid(), scope: z.string(), mode: z.string(), reason: z.string() },
  ),
  LOSS_LIMIT_REACHED: defineDenial(
    'The account has lost as much as a loss limit allows: no new entries for now. Exits pass.',
    'Nothing to do: entries pass again when the period is over. The kill switch that the context names may be released earlier, in two steps.',
    {
      ...lossFigures.shape,
      killSwitchId: z.uuid().nullable().meta({ description: 'Null while the switch has not been engaged yet' }),
      endsAt: timestamp.nullable().meta({ description: 'Null for a lifetime' }),
    },
  ),
  LOSS_LIMIT_NOT_WATCHED: defineDenial(
    'The venue tells each coin by itself and no equity of the account, so the loss limit cannot be watched.',
    'Follow with a futures account of the same exchange, or take the loss limit out of the settings that the context names.',
    { venue, sources: z.array(z.string()) },
  ),
  FOLLOW_INACTIVE: defineDenial(
    'The follow is paused or ended.',
    'Resume the follow to take part in the next signal.',
    {
      followId: z.uuid(),
    },
  ),
  ACCOUNT_PAUSED: defineDenial(
    'The broker account is paused: no new entries. Exits pass.',
    'Resume the account to take part in the next signal.',
    { accountId: z.uuid() },
  ),
  PLAN_ENDED: defineDenial(
    'The plan of the user has ended: no new entries. Exits pass.',
    'Renew the plan to take part in the next signal.',
    { plan: z.string(), endedAt: timestamp, now: timestamp },
  ),
  PLAN_BY_HAND_ONLY: defineDenial(
    'The plan of the user takes part in what is sent by hand only, not in alerts.',
    'Change to a plan with automated strategies.',
    { plan: z.string() },
  ),
  STRATEGY_NOT_PAID: defineDenial(
    'The strategy costs something, and the user has no subscription to it that is paid: no new entries. Exits pass.',
    'Subscribe to the strategy, or pay what is due, to take part in the next signal.',
    {
      servedUntil: timestamp.nullable().meta({ description: 'Null when nothing was ever paid' }),
      now: timestamp,
    },
  ),
  ACCOUNT_KEY_UNAUTHORIZED: defineDenial(
    'The venue refuses the API key of the account.',
    'Check at the venue that the key exists, may trade and allows our address, then connect the account again.',
    { accountId: z.uuid() },
  ),
  ACCOUNT_NOT_CONNECTED: defineDenial(
    'The broker account is not connected.',
    'Connect the account again and check its API key and permissions.',
    { accountId: z.uuid() },
  ),
  ACCOUNT_VENUE_DIFFERS: defineDenial(
    "The account is at another venue than the strategy's.",
    'Follow with an account at the venue that the strategy names.',
    { account: venue.nullable(), signal: venue },
  ),
  ACCOUNT_ALREADY_IN_SIGNAL: defineDenial(
    'Another follow of the same account already takes part in this signal.',
    'Keep one follow per account and strategy.',
    { otherFollowId: z.uuid() },
  ),
  POSITION_ALREADY_OPEN: defineDenial(
    'The follow still has a position of an earlier signal, and its settings let it stay.',
    'Nothing to do: the next signal after it has closed is taken. The setting onOpenPosition says when it gives way.',
    { bracketId: z.uuid() },
  ),
  OPPOSITE_POSITION_OPEN: defineDenial(
    'The account holds this symbol on the other side, and the venue nets both into one position.',
    'Use one account, or sub-account, per strategy for symbols that both trade.',
    { bracketId: z.uuid() },
  ),
  SYMBOL_NOT_ALLOWED: defineDenial(
    'A setting does not allow this symbol.',
    'Add the symbol to every list of allowed symbols; the explanation of the order names who set them.',
    { symbol: z.string(), allowed: z.array(z.string()) },
  ),
  SIDE_NOT_ALLOWED: defineDenial(
    'A setting allows only the other side.',
    'Allow the side wherever sides are limited; the explanation of the order names who limited them.',
    { side, allowed: z.array(side) },
  ),
  OUTSIDE_TRADING_WINDOW: defineDenial(
    'The signal came outside the days and hours in which entries are allowed.',
    'Nothing to do for this one. Widen the trading window, and check its time zone, if it should have been taken.',
    { window: z.string(), now: timestamp },
  ),
  MAX_LEVERAGE_EXCEEDED: defineDenial(
    'The leverage of the follow is above the highest that a limit allows.',
    'Lower the leverage of the follow, or raise the limit where it was set.',
    { leverage: whole, maxLeverage: whole },
  ),
  COOLING_OFF: defineDenial(
    'The last trade of the follow lost, and a setting asks for a pause after a loss.',
    'Nothing to do: entries pass again when the pause is over. Shorten it wherever it was set if it should be.',
    { lost: decimalText, closedAt: timestamp, coolingOffMinutes: whole, endsAt: timestamp },
  ),
  MAX_POSITIONS_REACHED: defineDenial(
    'The account already holds as many positions as a limit allows.',
    'Close a position, or raise the limit where it was set.',
    { positions: whole, maxPositions: whole },
  ),
  ENTRY_SUPERSEDED: defineDenial(
    'While the entry waited for a position to end, a newer signal took its place.',
    'Nothing to do: the newer signal is what counts.',
    { signalId: z.uuid() },
  ),
  ENTRY_WITHDRAWN: defineDenial(
    'While the entry waited for a position to end, everything was asked to be closed.',
    'Nothing to do: the next signal is taken.',
    { at: timestamp },
  ),
  WAITED_TOO_LONG: defineDenial(
    'The position that had to end first was not proven gone before the signal expired.',
    "Look at the explanation of that position's order. If the venue is slow to close, raise the strategy's signal age.",
    { bracketId: z.uuid(), expiresAt: timestamp, now: timestamp },
  ),
  PLAN_LIMIT_REACHED: defineDenial(
    'The accounts of the user hold as many positions as the plan allows.',
    'Close a position, or choose a plan that allows more.',
    { plan: z.string(), positions: whole, maxPositions: whole },
  ),
} as const
