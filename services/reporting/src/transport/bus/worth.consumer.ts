/** Hears what accounts are worth. Called by the bus. Must never decide anything. */
import { Controller } from '@nestjs/common'
import type { ConsumedEvent } from '@tradewire/bus/consume/consumer-options'
import { Consume } from '@tradewire/bus/decorators'
import { accountConnected, accountDisconnected, balanceUpdated, rateUpdated } from '@tradewire/contracts/events/brokers'
import type { Transaction } from '@tradewire/database/transaction'
import { RecordWorth } from '../../use-cases/record-worth/record-worth.use-case.ts'

const contracts = [accountConnected, accountDisconnected, balanceUpdated, rateUpdated] as const
type WorthEvent = ConsumedEvent<(typeof contracts)[number]>

/** Balances change in bursts: a batch of them is one statement. */
const eventsMax = 1_000

@Controller()
export class WorthConsumer {
  constructor(private readonly recordWorth: RecordWorth) {}

  @Consume(contracts, { name: 'worth', eventsMax })
  heard(events: readonly WorthEvent[], tx: Transaction): Promise<void> {
    const connected = events.flatMap((event) => (event.name === accountConnected.name ? [event.data] : []))
    const disconnected = events.flatMap((event) => (event.name === accountDisconnected.name ? [event.data] : []))
    const balances = events.flatMap((event) => (event.name === balanceUpdated.name ? [event.data] : []))
    const rates = events.flatMap((event) => (event.name === rateUpdated.name ? [event.data] : []))
    return this.recordWorth.execute({ connected, disconnected, balances, rates }, tx)
  }
}
