/**
 * One seed at one venue: a plan of orders and faults through the venue's real adapter, over real sockets, and in the end
 * what is believed beside the venue's own ledger. Called by the chaos command and its spec.
 */
import { approveOrder, type SubmitCommand } from '@tradewire/broker-kit/approved-order'
import { encodeClientOrderId } from '@tradewire/broker-kit/client-order-id'
import type { BrokerDefinition } from '@tradewire/broker-kit/define-broker'
import type { PaperCredentials } from '@tradewire/contracts/paper/control'
import { uuidOfHash } from '@tradewire/kernel/ids'
import { venueCapabilities } from '@tradewire/orders/domain/planning/venue-capabilities'
import { setTimeout as delay } from 'node:timers/promises'
import type { PaperWorld } from '../conformance/paper-world.ts'
import type { CardTable } from '../conformance/run-card.ts'
import { BelievedOrders } from './believed-orders.ts'
import { differencesOf } from './compare-orders.ts'
import { planOf, type PlannedOrder, type VenueStep } from './venue-plan.ts'

export interface VenueRun {
  readonly venue: string
  readonly seed: number
  readonly orders: number
  readonly violations: readonly string[]
}

const quantity = '0.02'
const settleWithinMs = 8_000
const settleEveryMs = 250

export class VenuePlayer {
  constructor(
    private readonly paper: PaperWorld,
    private readonly table: CardTable,
  ) {}

  async play(definition: BrokerDefinition, seed: number): Promise<VenueRun> {
    const account = await this.paper.account(definition.id)
    const session = await this.table.connect(definition, account)
    const believed = new BelievedOrders(session, definition)
    try {
      session.events((event) => {
        if (event.kind === 'order') believed.hear(event.order)
      })
      const symbol = await this.table.bitcoinOf(definition, session)
      const plan = planOf(seed, definition.capabilities.orderTypes)
      for (const [index, step] of plan.entries()) {
        const command = (order: PlannedOrder) => commandOf(order, { definition, seed, index, symbol })
        await this.step(step, { definition, account, believed, symbol, command })
      }
      await this.paper.clearFaultsOf(account.accountId)
      const violations = await this.settle(definition, account, believed)
      return { venue: definition.id, seed, orders: believed.all.length, violations }
    } finally {
      await session.close()
    }
  }

  private async step(step: VenueStep, stage: Stage): Promise<void> {
    const { account, believed, symbol, definition } = stage
    const { accountId } = account
    switch (step.kind) {
      case 'order': {
        const command = stage.command(step.order)
        const clientOrderId = encodeClientOrderId(definition.capabilities.clientId, command.intentId)
        const approved = approveOrder(command, clientOrderId)
        if (!approved.ok) throw new Error(approved.error.message)
        return believed.submit(command, approved.value)
      }
      case 'cancel': {
        const one = believed.resting[step.place % Math.max(1, believed.resting.length)]
        return one === undefined ? undefined : believed.cancel(one)
      }
      case 'price':
        return this.paper.price(step.price)
      case 'by-hand':
        // A venue may refuse what its owner asks for: then nothing has happened.
        return this.paper.trade({ accountId, symbol, side: step.side, quantity }).catch(() => undefined)
      case 'fault':
        return this.paper.fault({ ...step.fault, venue: definition.id, accountId })
    }
  }

  /** Reads until nothing differs; what differs in the end does so for good. */
  private async settle(
    definition: BrokerDefinition,
    account: PaperCredentials,
    believed: BelievedOrders,
  ): Promise<readonly string[]> {
    const until = performance.now() + settleWithinMs
    for (;;) {
      await believed.readAll()
      const ledger = await this.paper.ledger({ venue: definition.id, accountId: account.accountId })
      const differences = differencesOf(
        believed.all.map(({ order, attempt }) => ({
          clientOrderId: order.clientOrderId,
          state: attempt.state,
          filledQuantity: attempt.filledQuantity,
          executedAt: attempt.executedAt,
          isListed: order.purpose === 'entry' || venueCapabilities[definition.id].closes === 'any-quantity',
        })),
        ledger,
      )
      if (differences.length === 0 || performance.now() > until) return differences
      await delay(settleEveryMs)
    }
  }
}

interface Stage {
  readonly definition: BrokerDefinition
  readonly account: PaperCredentials
  readonly believed: BelievedOrders
  readonly symbol: string
  readonly command: (order: PlannedOrder) => SubmitCommand
}

interface Whose {
  readonly definition: BrokerDefinition
  readonly seed: number
  readonly index: number
  readonly symbol: string
}

function commandOf(order: PlannedOrder, { definition, seed, index, symbol }: Whose): SubmitCommand {
  const { purpose, type, price, triggerPrice } = order
  const id = uuidOfHash(`${definition.id} ${seed}`)
  const entry = purpose === 'entry'
  return {
    intentId: uuidOfHash(`${definition.id} ${seed} ${index}`),
    bracketId: id,
    signalId: id,
    strategyId: id,
    accountId: id,
    venue: definition.id,
    symbol,
    purpose,
    leg: entry ? 'entry' : `${purpose}-${index}`,
    side: entry ? 'buy' : 'sell',
    type,
    quantity,
    price,
    triggerPrice,
    callbackRatePercent: null,
    reduceOnly: !entry && definition.capabilities.reduceOnly,
    leverage: null,
    expiresAt: null,
  }
}
