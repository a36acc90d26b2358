/**
 * The contracts that simulated forex and CFD venues list. Called by the list of instruments and by tests.
 * Must never differ between such venues in anything but the name.
 */
import type { Venue } from '@tradewire/contracts/common'
import { amount, type Amount } from '../amount.ts'
import type { Instrument } from '../listing/instruments.ts'
import type { MarketSettings } from '../records.ts'
import type { Contract, ContractGroup } from './contract.ts'

interface ContractRow {
  readonly base: string
  /** The venue's own name: EURUSD. */
  readonly name: string
  readonly description: string
  readonly group: ContractGroup
  readonly size: string
  readonly pip: string
  readonly priceStep: string
  readonly leverageMax: number
  readonly lotMaximum: string
  readonly swaps: readonly [long: string, short: string]
  readonly commissionPerLot: string
  readonly spreadPoints: string
  /** The close of the prices that come along, in launcher/data. */
  readonly openingPrice: string
}

const rows: readonly ContractRow[] = [
  {
    base: 'EUR',
    name: 'EURUSD',
    description: 'Euro to US dollar',
    group: 'forex',
    size: '100000',
    pip: '0.0001',
    priceStep: '0.00001',
    leverageMax: 30,
    lotMaximum: '100',
    swaps: ['-0.65', '0.21'],
    commissionPerLot: '3.5',
    spreadPoints: '0.6',
    openingPrice: '1.085',
  },
  {
    base: 'GBP',
    name: 'GBPUSD',
    description: 'Pound sterling to US dollar',
    group: 'forex',
    size: '100000',
    pip: '0.0001',
    priceStep: '0.00001',
    leverageMax: 30,
    lotMaximum: '100',
    swaps: ['-0.42', '-0.11'],
    commissionPerLot: '3.5',
    spreadPoints: '0.8',
    openingPrice: '1.265',
  },
  {
    base: 'US500',
    name: 'US500',
    description: 'Index of 500 large US companies',
    group: 'index',
    size: '50',
    pip: '1',
    priceStep: '0.1',
    leverageMax: 20,
    lotMaximum: '200',
    swaps: ['-0.9', '0.2'],
    commissionPerLot: '0',
    spreadPoints: '1',
    openingPrice: '5200',
  },
  {
    base: 'GOLD',
    name: 'GOLD',
    description: 'One ounce of gold',
    group: 'commodity',
    size: '100',
    pip: '0.1',
    priceStep: '0.01',
    leverageMax: 20,
    lotMaximum: '100',
    swaps: ['-3.1', '1.4'],
    commissionPerLot: '0',
    spreadPoints: '1.5',
    openingPrice: '2350',
  },
  {
    base: 'BITCOIN',
    name: 'BITCOIN',
    description: 'Bitcoin to US dollar',
    group: 'crypto',
    size: '1',
    pip: '1',
    priceStep: '0.01',
    leverageMax: 2,
    lotMaximum: '50',
    swaps: ['-20', '-5'],
    commissionPerLot: '0',
    spreadPoints: '5',
    openingPrice: '42000',
  },
]

/** The simulated venues of contracts. */
export const contractVenues: readonly Venue[] = ['metaapi', 'mt-manager', 'xapi']

const lotStep = '0.01'
const priceMaximum = '1000000'
const pendingOrdersMax = 200

function decimalsOf(step: string): number {
  return step.includes('.') ? step.length - step.indexOf('.') - 1 : 0
}

function contractOf(row: ContractRow): Contract {
  const [long, short] = row.swaps
  return {
    description: row.description,
    group: row.group,
    size: amount(row.size),
    pip: amount(row.pip),
    pipDecimals: decimalsOf(row.pip),
    leverageMax: row.leverageMax,
    swapLongPips: amount(long),
    swapShortPips: amount(short),
    commissionPerLot: amount(row.commissionPerLot),
    stopsDistance: 0n,
  }
}

/** All contracts, as one venue lists them. */
export function contractsOf(venue: Venue): readonly Instrument[] {
  const one: Amount = amount('1')
  return rows.map((row) => ({
    venue,
    symbol: `${row.base}/USD`,
    venueSymbol: row.name,
    kind: 'contract',
    base: row.base,
    quote: 'USD',
    priceStep: amount(row.priceStep),
    priceDecimals: decimalsOf(row.priceStep),
    quantityStep: amount(lotStep),
    quantityDecimals: decimalsOf(lotStep),
    priceMinimum: amount(row.priceStep),
    priceMaximum: amount(priceMaximum),
    quantityMinimum: amount(lotStep),
    quantityMaximum: amount(row.lotMaximum),
    marketQuantityMaximum: amount(row.lotMaximum),
    notionalMinimum: 0n,
    priceFactorUp: one,
    priceFactorDown: one,
    openOrdersMax: pendingOrdersMax,
    conditionalOrdersMax: pendingOrdersMax,
    tiers: [],
    contractSize: one,
    openingPrice: amount(row.openingPrice),
    contract: contractOf(row),
  }))
}

/** How a market of contracts quotes before anybody changes it: the spread of its row, no slippage, no rate of fees. */
export function contractSettings(name: string): MarketSettings {
  const row = rows.find((each) => each.name === name)
  return {
    spreadPoints: amount(row?.spreadPoints ?? '1'),
    slippagePoints: 0n,
    liquidity: null,
    makerFeeRate: 0n,
    takerFeeRate: 0n,
  }
}
