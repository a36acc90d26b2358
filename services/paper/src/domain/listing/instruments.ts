/**
 * What each simulated venue lists, with filters and margin tiers like the real venue's.
 * Called by the engine (checks, margin) and the protocols (exchange information). Must never depend on a price.
 */
import type { Venue } from '@tradewire/contracts/common'
import { amount, type Amount } from '../amount.ts'
import type { Contract } from '../cfd/contract.ts'

export interface MarginTier {
  readonly notionalFloor: Amount
  readonly notionalCap: Amount
  readonly leverageMax: number
  readonly maintenanceRate: Amount
  /** Subtracted from notional x rate, so that the margin has no jump at a tier's floor. */
  readonly maintenanceCredit: Amount
}

export interface Instrument {
  readonly venue: Venue
  readonly symbol: string
  /** The venue's own name: BTCUSDT. */
  readonly venueSymbol: string
  readonly kind: 'spot' | 'perpetual' | 'contract'
  readonly base: string
  readonly quote: string
  readonly priceStep: Amount
  readonly priceDecimals: number
  readonly quantityStep: Amount
  readonly quantityDecimals: number
  readonly priceMinimum: Amount
  readonly priceMaximum: Amount
  readonly quantityMinimum: Amount
  readonly quantityMaximum: Amount
  readonly marketQuantityMaximum: Amount
  readonly notionalMinimum: Amount
  /** A limit price may be at most so far above, and below, the last price: factors such as 1.05 and 0.95. */
  readonly priceFactorUp: Amount
  readonly priceFactorDown: Amount
  readonly openOrdersMax: number
  readonly conditionalOrdersMax: number
  readonly tiers: readonly MarginTier[]
  /** Units of a quantity in what the venue's protocol counts as one; 1 where it counts as we do. */
  readonly contractSize: Amount
  readonly openingPrice: Amount
  /** Set for contracts traded in lots. */
  readonly contract: Contract | null
}

const spotVenues: ReadonlySet<Venue> = new Set(['binance-spot', 'cex', 'coinbase', 'okx-spot', 'tokocrypto'])

/** Trades coins against coins: balances with locks instead of positions on margin. */
export function isSpot(venue: Venue): boolean {
  return spotVenues.has(venue)
}

const quoteFeeVenues: ReadonlySet<Venue> = new Set(['cex', 'coinbase'])

/** Takes the fee of a purchase from the money that pays for it; elsewhere it is taken from the coins that come in. */
export function takesFeesInQuote(venue: Venue): boolean {
  return quoteFeeVenues.has(venue)
}

interface TierRow {
  readonly cap: string
  readonly leverageMax: number
  readonly rate: string
}

function tiersOf(rows: readonly TierRow[]): readonly MarginTier[] {
  const tiers: MarginTier[] = []
  let floor = 0n
  let credit = 0n
  let rateBefore = 0n
  for (const row of rows) {
    const rate = amount(row.rate)
    credit += (floor * (rate - rateBefore)) / 100_000_000n
    tiers.push({
      notionalFloor: floor,
      notionalCap: amount(row.cap),
      leverageMax: row.leverageMax,
      maintenanceRate: rate,
      maintenanceCredit: credit,
    })
    floor = amount(row.cap)
    rateBefore = rate
  }
  return tiers
}

const okxTiers = tiersOf([
  { cap: '50000', leverageMax: 100, rate: '0.004' },
  { cap: '1000000', leverageMax: 75, rate: '0.005' },
  { cap: '5000000', leverageMax: 50, rate: '0.01' },
  { cap: '20000000', leverageMax: 25, rate: '0.02' },
  { cap: '1000000000', leverageMax: 5, rate: '0.1' },
])

const perpetualTiers = tiersOf([
  { cap: '50000', leverageMax: 125, rate: '0.004' },
  { cap: '600000', leverageMax: 100, rate: '0.005' },
  { cap: '3000000', leverageMax: 75, rate: '0.0065' },
  { cap: '12000000', leverageMax: 50, rate: '0.01' },
  { cap: '70000000', leverageMax: 25, rate: '0.02' },
  { cap: '100000000', leverageMax: 20, rate: '0.025' },
  { cap: '1000000000', leverageMax: 4, rate: '0.125' },
])

interface CoinRow {
  readonly base: string
  readonly openingPrice: string
  readonly spotPriceStep: string
  readonly spotQuantityStep: string
  readonly perpetualPriceStep: string
  readonly perpetualQuantityStep: string
  readonly perpetualNotionalMinimum: string
  readonly quantityMaximum: string
  readonly okxContractSize: string
}

const coins: readonly CoinRow[] = [
  {
    base: 'BTC',
    openingPrice: '42000',
    spotPriceStep: '0.01',
    spotQuantityStep: '0.00001',
    perpetualPriceStep: '0.1',
    perpetualQuantityStep: '0.001',
    perpetualNotionalMinimum: '100',
    quantityMaximum: '1000',
    okxContractSize: '0.01',
  },
  {
    base: 'ETH',
    openingPrice: '3000',
    spotPriceStep: '0.01',
    spotQuantityStep: '0.0001',
    perpetualPriceStep: '0.01',
    perpetualQuantityStep: '0.001',
    perpetualNotionalMinimum: '20',
    quantityMaximum: '10000',
    okxContractSize: '0.1',
  },
]

function decimalsOf(step: string): number {
  return step.includes('.') ? step.length - step.indexOf('.') - 1 : 0
}

function common(coin: CoinRow, venue: Venue) {
  return {
    venue,
    symbol: `${coin.base}/USDT`,
    venueSymbol: `${coin.base}USDT`,
    base: coin.base,
    quote: 'USDT',
    quantityMaximum: amount(coin.quantityMaximum),
    contractSize: amount('1'),
    openingPrice: amount(coin.openingPrice),
    contract: null,
  }
}

function spotOf(coin: CoinRow): Instrument {
  return {
    ...common(coin, 'binance-spot'),
    kind: 'spot',
    priceStep: amount(coin.spotPriceStep),
    priceDecimals: decimalsOf(coin.spotPriceStep),
    quantityStep: amount(coin.spotQuantityStep),
    quantityDecimals: decimalsOf(coin.spotQuantityStep),
    priceMinimum: amount(coin.spotPriceStep),
    priceMaximum: amount('1000000'),
    quantityMinimum: amount(coin.spotQuantityStep),
    marketQuantityMaximum: amount('120'),
    notionalMinimum: amount('5'),
    priceFactorUp: amount('5'),
    priceFactorDown: amount('0.2'),
    openOrdersMax: 200,
    conditionalOrdersMax: 5,
    tiers: [],
  }
}

function perpetualOf(coin: CoinRow, venue: Venue): Instrument {
  return {
    ...common(coin, venue),
    kind: 'perpetual',
    priceStep: amount(coin.perpetualPriceStep),
    priceDecimals: decimalsOf(coin.perpetualPriceStep),
    quantityStep: amount(coin.perpetualQuantityStep),
    quantityDecimals: decimalsOf(coin.perpetualQuantityStep),
    priceMinimum: amount(coin.perpetualPriceStep),
    priceMaximum: amount('4529764'),
    quantityMinimum: amount(coin.perpetualQuantityStep),
    marketQuantityMaximum: amount('120'),
    notionalMinimum: amount(coin.perpetualNotionalMinimum),
    priceFactorUp: amount('1.05'),
    priceFactorDown: amount('0.95'),
    openOrdersMax: 200,
    conditionalOrdersMax: 100,
    tiers: perpetualTiers,
  }
}

/** Coins in far finer steps than elsewhere. */
function finelySteppedSpotOf(coin: CoinRow): Instrument {
  return {
    ...spotOf(coin),
    venueSymbol: `${coin.base}-USDT`,
    quantityStep: amount('0.00000001'),
    quantityDecimals: 8,
    notionalMinimum: amount('1'),
    conditionalOrdersMax: 500,
  }
}

/** Prices in the steps of the coin's perpetual, and a thousand of the finest steps at least. */
function roughlyPricedSpotOf(coin: CoinRow): Instrument {
  return {
    ...finelySteppedSpotOf(coin),
    priceStep: amount(coin.perpetualPriceStep),
    priceDecimals: decimalsOf(coin.perpetualPriceStep),
    priceMinimum: amount(coin.perpetualPriceStep),
    quantityMinimum: amount('0.00001'),
  }
}

/** Of any value from the least quantity on. */
function okxSpotOf(coin: CoinRow): Instrument {
  return { ...roughlyPricedSpotOf(coin), venue: 'okx-spot', notionalMinimum: 0n }
}

function coinbaseOf(coin: CoinRow): Instrument {
  return { ...finelySteppedSpotOf(coin), venue: 'coinbase', quantityMinimum: amount('0.00000001') }
}

function cexOf(coin: CoinRow): Instrument {
  return { ...roughlyPricedSpotOf(coin), venue: 'cex' }
}

/** The books are those of Binance; the names are the venue's own. */
function tokocryptoOf(coin: CoinRow): Instrument {
  return { ...spotOf(coin), venue: 'tokocrypto', venueSymbol: `${coin.base}_USDT` }
}

/** A hundredth of a contract is the least; orders of any value are taken. */
function okxSwapOf(coin: CoinRow): Instrument {
  const contractSize = amount(coin.okxContractSize)
  const quantityStep = contractSize / 100n
  return {
    ...perpetualOf(coin, 'okx-swap'),
    venueSymbol: `${coin.base}-USDT-SWAP`,
    contractSize,
    quantityStep,
    quantityDecimals: decimalsOf(coin.okxContractSize) + 2,
    quantityMinimum: quantityStep,
    notionalMinimum: 0n,
    conditionalOrdersMax: 500,
    tiers: okxTiers,
  }
}

export const coinInstruments: readonly Instrument[] = coins.flatMap((coin) => [
  spotOf(coin),
  perpetualOf(coin, 'binance-usdm'),
  cexOf(coin),
  coinbaseOf(coin),
  okxSpotOf(coin),
  okxSwapOf(coin),
  perpetualOf(coin, 'paper'),
  tokocryptoOf(coin),
])

/** The tier that a notional falls into; the last one also takes what is above its cap. */
export function tierOf(instrument: Instrument, notional: Amount): MarginTier | undefined {
  return instrument.tiers.find((tier) => notional <= tier.notionalCap) ?? instrument.tiers.at(-1)
}

export function leverageMaxOf(instrument: Instrument): number {
  return instrument.tiers[0]?.leverageMax ?? 1
}
