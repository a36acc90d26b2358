/**
 * The cases of the test card about what a venue lists and in which steps: what does not fit is refused, and told as that.
 * Called by the card. Must never name a step: the venue's own list of instruments does.
 */
import { type Decimal, decimal, maximum, ZERO } from '@tradewire/kernel/decimal'
import type { BrokerError, RejectionCode } from './broker-error.ts'
import type { VenueInstrument } from './broker-session.ts'
import {
  can,
  check,
  type ConformanceCase,
  conformancePrice,
  type ConformanceWorld,
  describeError,
  exit,
  expectRefused,
  hold,
  orderOf,
} from './conformance-world.ts'

const always = (): boolean => true
const unlisted = 'NOBODY/USDT'

async function termsOf(world: ConformanceWorld): Promise<VenueInstrument> {
  const listed = await world.session.instruments()
  const traded = listed.ok ? listed.value.find(({ symbol }) => symbol === world.symbol) : undefined
  check(traded !== undefined, 'the symbol is not listed')
  return traded
}

/** Nobody can mend an order by a refusal that does not say what is wrong with it. */
function expectCode(refused: BrokerError, ...codes: readonly RejectionCode[]): void {
  check(refused.kind === 'rejected' && codes.includes(refused.code), describeError(refused))
}

function between(amount: string, step: string): string {
  return decimal(amount).plus(decimal(step).div('2')).toString()
}

/** The most that is still too little, in whole steps; null where the venue takes any. */
function tooLittle({ quantityStep, minimumQuantity, minimumNotional, contractSize }: VenueInstrument): Decimal | null {
  const step = decimal(quantityStep)
  const worth = decimal(minimumNotional).div(decimal(conformancePrice).times(decimal(contractSize)))
  // Half of it, as the price of a market order is not exactly that of the case.
  const quantity = maximum(decimal(minimumQuantity).minus(step), worth.div('2').wholes(step).times(step))
  return quantity.gt(ZERO) ? quantity : null
}

export const filterCases: readonly ConformanceCase[] = [
  {
    id: 'TC-22',
    title: 'an order for a symbol that is not listed is refused, and nothing stands',
    needs: always,
    async run(world) {
      await expectRefused(world, orderOf(world, { symbol: unlisted }))
    },
  },
  {
    id: 'TC-23',
    title: 'a quantity between two steps is refused as such, and nothing stands',
    needs: always,
    async run(world) {
      const { quantityStep } = await termsOf(world)
      const refused = await expectRefused(world, orderOf(world, { quantity: between(world.quantity, quantityStep) }))
      expectCode(refused, 'INVALID_QUANTITY')
    },
  },
  {
    id: 'TC-38',
    title: 'a limit between two price steps is refused as such, and nothing stands',
    needs: can('limit'),
    async run(world) {
      const { priceStep } = await termsOf(world)
      const refused = await expectRefused(world, orderOf(world, { type: 'limit', price: between('36000', priceStep) }))
      expectCode(refused, 'INVALID_PRICE')
    },
  },
  {
    id: 'TC-39',
    title: 'a stop between two price steps is refused as a wrong price, and nothing stands',
    needs: can('stop-market'),
    async run(world) {
      const { priceStep } = await termsOf(world)
      await hold(world)
      const { reduceOnly } = world.capabilities
      const stop = { ...exit, type: 'stop-market', triggerPrice: between('38000', priceStep), reduceOnly } as const
      // Where stops are levels of positions, venues have one word for all that cannot stand.
      expectCode(await expectRefused(world, orderOf(world, stop)), 'INVALID_PRICE', 'WOULD_TRIGGER_IMMEDIATELY')
    },
  },
  {
    id: 'TC-40',
    title: 'less than the venue takes is refused as such where it tells a minimum, and nothing stands',
    needs: always,
    async run(world) {
      const quantity = tooLittle(await termsOf(world))
      if (quantity === null) return
      const refused = await expectRefused(world, orderOf(world, { quantity: quantity.toString() }))
      expectCode(refused, 'INVALID_QUANTITY', 'BELOW_MINIMUM_NOTIONAL')
    },
  },
]
