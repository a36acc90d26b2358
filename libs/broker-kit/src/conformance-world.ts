/**
 * What the cases of the test card stand on: the world that a test gives them, and the steps that many of them take.
 * Called by the cases. Must never name one venue.
 */
import type { OrderType } from '@tradewire/contracts/events/orders'
import type { ChangePaperKey, LedgerReply, SetFault } from '@tradewire/contracts/paper/control'
import { type ApprovedOrder, approveOrder, type SubmitCommand } from './approved-order.ts'
import type { BrokerError } from './broker-error.ts'
import type { BrokerSession, OrderReference, SessionEvent, VenueOrder } from './broker-session.ts'
import type { BrokerCapabilities } from './capabilities.ts'
import { encodeClientOrderId } from './client-order-id.ts'

/** What a case needs of the test that runs it. */
export interface ConformanceWorld {
  readonly session: BrokerSession
  /** A session with a wrong secret for the same venue. */
  strangerSession(): Promise<BrokerSession>
  /** A session of an account that cannot pay `quantity` at any leverage. */
  poorSession(): Promise<BrokerSession>
  readonly capabilities: BrokerCapabilities
  readonly symbol: string
  /** A quantity that the venue takes and the account can pay; a multiple of two steps. */
  readonly quantity: string
  newIntentId(): string
  setPrice(price: string): Promise<void>
  /** Switches a fault on for this account alone; it is gone before the next case. */
  fault(fault: AccountFault): Promise<void>
  clearFaults(): Promise<void>
  /** The account's key lets nobody in any more. */
  revokeKey(): Promise<void>
  /** What the venue says of the account's key from now on. */
  changeKey(rules: ChangePaperKey): Promise<void>
  /** What the venue itself knows of this account. */
  ledger(): Promise<LedgerReply>
  readonly events: readonly SessionEvent[]
  eventually<Value>(read: () => Promise<Value | undefined> | Value | undefined, describe: string): Promise<Value>
}

export type AccountFault = Omit<SetFault, 'venue' | 'accountId'>

export interface ConformanceCase {
  readonly id: string
  readonly title: string
  /** The case is skipped, and said to be, when the venue declares that it cannot. */
  needs(capabilities: BrokerCapabilities): boolean
  /** The session is of no use afterwards, so that its books cannot be compared. */
  readonly breaksSession?: boolean
  run(world: ConformanceWorld): Promise<void>
}

/** The market stands here at the start of every case. */
export const conformancePrice = '40000'

export function check(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Error(message)
}

export function orderOf(world: ConformanceWorld, part: Partial<SubmitCommand>): ApprovedOrder {
  const intentId = world.newIntentId()
  const command: SubmitCommand = {
    intentId,
    bracketId: intentId,
    signalId: intentId,
    strategyId: intentId,
    accountId: intentId,
    venue: 'paper',
    symbol: world.symbol,
    purpose: 'entry',
    leg: 'entry',
    side: 'buy',
    type: 'market',
    quantity: world.quantity,
    price: null,
    triggerPrice: null,
    callbackRatePercent: null,
    reduceOnly: false,
    leverage: null,
    expiresAt: null,
    ...part,
  }
  const approved = approveOrder(command, encodeClientOrderId(world.capabilities.clientId, intentId))
  check(approved.ok, approved.ok ? '' : approved.error.message)
  return approved.value
}

export function referenceOf(order: ApprovedOrder, venueOrderId: string | null = null): OrderReference {
  return { clientOrderId: order.clientOrderId, venueOrderId, symbol: order.symbol, type: order.type }
}

export async function place(world: ConformanceWorld, order: ApprovedOrder): Promise<VenueOrder> {
  const result = await world.session.submit(order)
  check(result.ok, `submit failed: ${result.ok ? '' : describeError(result.error)}`)
  return result.value
}

export function describeError(error: BrokerError): string {
  const code = error.kind === 'rejected' ? ` ${error.code}` : ''
  return `${error.kind}${code}: ${error.message}`
}

export function can(type: OrderType) {
  return (capabilities: BrokerCapabilities): boolean => capabilities.orderTypes.includes(type)
}

/** Buys, so that the exits of a case have something to reduce. */
export async function hold(world: ConformanceWorld): Promise<void> {
  const bought = await place(world, orderOf(world, {}))
  check(bought.status === 'filled', `the opening order is ${bought.status}`)
}

export const exit = { purpose: 'stop', leg: 'stop-1', side: 'sell' } as const

export async function expectWorking(world: ConformanceWorld, part: Partial<SubmitCommand>): Promise<void> {
  await hold(world)
  const order = orderOf(world, { ...exit, reduceOnly: world.capabilities.reduceOnly, ...part })
  const placed = await place(world, order)
  check(placed.status === 'working', `status is ${placed.status}`)
  check(placed.clientOrderId === order.clientOrderId, `client order id is ${placed.clientOrderId}`)
  const found = await world.session.findByClientId(referenceOf(order, placed.venueOrderId))
  check(found.ok && found.value?.status === 'working', 'the order is not found by its client order id')
  const open = await world.session.openOrders()
  check(open.ok && open.value.some((each) => each.clientOrderId === order.clientOrderId), 'not among the open orders')
  const cancelled = await world.session.cancel(referenceOf(order, placed.venueOrderId))
  check(cancelled.ok && cancelled.value.status === 'cancelled', 'the order cannot be cancelled')
}

/** Orders of this client order id in the venue's own ledger. */
export async function ordersInLedger(world: ConformanceWorld, clientOrderId: string): Promise<number> {
  const { orders } = await world.ledger()
  return orders.filter((order) => order.clientOrderId === clientOrderId).length
}

/** The next placement is executed but its reply never arrives. */
export const lostReply: AccountFault = { kind: 'drop-reply-after-accept', next: 1 }

/** The answer after an outcome that nobody knew. */
export async function found(world: ConformanceWorld, order: ApprovedOrder): Promise<VenueOrder> {
  return world.eventually(async () => {
    const answer = await world.session.findByClientId(referenceOf(order))
    check(answer.ok, answer.ok ? '' : describeError(answer.error))
    return answer.value ?? undefined
  }, `the order ${order.clientOrderId}`)
}

/** Answers why it was refused. */
export async function expectRefused(world: ConformanceWorld, order: ApprovedOrder): Promise<BrokerError> {
  const refused = await world.session.submit(order)
  check(!refused.ok, 'it was taken')
  const { kind } = refused.error
  check(kind === 'rejected' || kind === 'not-sent' || kind === 'unsupported', describeError(refused.error))
  check((await ordersInLedger(world, order.clientOrderId)) === 0, 'the ledger has an order')
  return refused.error
}
