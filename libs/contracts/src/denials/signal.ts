/** Why nobody gets an order of a signal. Called by denials/all.ts. Must never change a code's meaning. */
import { z } from 'zod'
import { decimalText, side, timestamp, venue } from '../common.ts'
import { defineDenial } from './define-denial.ts'

const market = { venue, symbol: z.string() }

export const signalDenials = {
  STRATEGY_INACTIVE: defineDenial(
    'The strategy is switched off.',
    "Ask the strategy's owner to switch it on; the next signal will be taken.",
    { strategyId: z.uuid() },
  ),
  SOURCE_PAUSED: defineDenial(
    'The source of this signal is paused: its alerts are not traded for now.',
    'Look at what sends the alerts and rotate their secret if somebody else may know it. Then release the kill switch that the context names, in two steps.',
    { killSwitchId: z.uuid(), cause: z.string(), reason: z.string() },
  ),
  STALE_SIGNAL: defineDenial(
    'The signal came too late to be traded.',
    "Nothing to do for this one. If it happens often, raise the strategy's signal age or look at the delay of the alerts.",
    { expiresAt: timestamp, now: timestamp },
  ),
  SIGNAL_OVERTAKEN: defineDenial(
    'A newer signal of the strategy was planned before this one.',
    'Nothing to do: the newer signal is what counts.',
    { signalId: z.uuid() },
  ),
  INSTRUMENT_UNKNOWN: defineDenial(
    'Nothing is known yet about this symbol at this venue, in the environment of the account.',
    'Check the symbol of the strategy; instruments are read when an account of that venue is connected, of paper and live ones apart.',
    market,
  ),
  SYMBOL_NOT_ACTIVE: defineDenial(
    'The venue has suspended trading of this symbol.',
    'Wait until the venue trades it again, or use another symbol.',
    market,
  ),
  MARKET_CLOSED: defineDenial(
    'The venue does not trade this symbol at this time.',
    'Nothing to do for this one. Send alerts in the trading hours of the symbol.',
    {
      ...market,
      hours: z.array(z.string()).meta({ description: 'When the venue trades it' }),
      now: timestamp,
    },
  ),
  VENUE_CANNOT_SHORT: defineDenial(
    'At this venue only what is held can be sold: there are no short positions.',
    'Follow strategies that sell short with a futures account of the same exchange.',
    { venue },
  ),
  PRICE_OUT_OF_RANGE: defineDenial(
    "The entry price is below the venue's smallest price step.",
    'Check the price of the alert against the symbol.',
    { price: decimalText, step: decimalText },
  ),
  STOP_ON_WRONG_SIDE: defineDenial(
    "The stop is not on the losing side of the entry, once rounded to the venue's price step.",
    'Place the stop below the entry of a buy, above the entry of a sell, by at least one price step.',
    { side, entry: decimalText, stop: decimalText, roundedStop: decimalText },
  ),
  NO_VALID_TARGET: defineDenial(
    "No target lies beyond the entry, once rounded to the venue's price step.",
    'Place targets above the entry of a buy, below the entry of a sell, by at least one price step.',
    { side, entry: decimalText, targets: z.array(decimalText) },
  ),
} as const
