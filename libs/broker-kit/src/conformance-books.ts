/**
 * After each case of the test card: what the session tells of the account is what the venue's own ledger holds.
 * Called where cases are played. Must never repair anything: a difference is a finding about the adapter.
 */
import type { LedgerReply } from '@tradewire/contracts/paper/control'
import { type Decimal, decimal, ZERO } from '@tradewire/kernel/decimal'
import type { BrokerError } from './broker-error.ts'
import type { VenueFill, VenuePosition } from './broker-session.ts'
import { type ConformanceWorld, check, describeError } from './conformance-world.ts'
import type { Result } from '@tradewire/kernel/result'

const restingStatuses: ReadonlySet<string> = new Set(['waiting', 'open', 'partially-filled'])

/** Waits for what is still on its way, then throws the difference that is left. */
export async function expectSameBooks(world: ConformanceWorld): Promise<void> {
  await world.clearFaults()
  let difference = ''
  const compared = world.eventually(async () => {
    difference = (await differenceOf(world)) ?? ''
    return difference === '' || undefined
  }, 'the books of the session to be those of the venue')
  await compared.catch((error: unknown) => {
    throw new Error(difference === '' ? String(error) : difference, { cause: error })
  })
}

async function differenceOf(world: ConformanceWorld): Promise<string | undefined> {
  const ledger = await world.ledger()
  const fills = told(await world.session.fillsSince(world.symbol, new Date(0)))
  const open = told(await world.session.openOrders())
  const positions = told(await world.session.positions())
  return fillsDiffer(ledger, fills) ?? positionsDiffer(world, ledger, positions) ?? ordersDiffer(ledger, open.length)
}

function told<Value>(answer: Result<Value, BrokerError>): Value {
  check(answer.ok, answer.ok ? '' : describeError(answer.error))
  return answer.value
}

function sumOf(fills: readonly { readonly quantity: string }[]): Decimal {
  return fills.reduce((sum, { quantity }) => sum.plus(decimal(quantity)), ZERO)
}

function fillsDiffer(ledger: LedgerReply, fills: readonly VenueFill[]): string | undefined {
  const [theirs, ours] = [sumOf(ledger.fills), sumOf(fills)]
  return theirs.eq(ours) ? undefined : `fills of ${ours.toString()} are told, the ledger has ${theirs.toString()}`
}

function positionsDiffer(
  world: ConformanceWorld,
  ledger: LedgerReply,
  positions: readonly VenuePosition[],
): string | undefined {
  if (world.capabilities.positions === 'coins') return undefined
  const signed = positions.map(({ side, quantity }) => (side === 'buy' ? decimal(quantity) : decimal(`-${quantity}`)))
  const ours = signed.reduce((sum, each) => sum.plus(each), ZERO)
  const theirs = sumOf(ledger.positions)
  return theirs.eq(ours) ? undefined : `a position of ${ours.toString()} is told, the ledger has ${theirs.toString()}`
}

function ordersDiffer(ledger: LedgerReply, open: number): string | undefined {
  const resting = ledger.orders.filter(({ status }) => restingStatuses.has(status)).length
  return (resting === 0) === (open === 0) ? undefined : `${open} open orders are told, the ledger has ${resting}`
}
