/** Hears of accounts, balances, instruments, rates and what the plans of users allow. Called by the bus. Must never decide anything. */
import { Controller } from '@nestjs/common'
import type { ConsumedEvent } from '@tradewire/bus/consume/consumer-options'
import { Consume } from '@tradewire/bus/decorators'
import {
  accountChanged,
  accountConnected,
  accountDisconnected,
  balanceUpdated,
  instrumentChanged,
  rateUpdated,
} from '@tradewire/contracts/events/brokers'
import { entitlementChanged } from '@tradewire/contracts/events/billing'
import type { Transaction } from '@tradewire/database/transaction'
import type { AccountNews } from '../../ports/facts.port.ts'
import { LearnFacts } from '../../use-cases/learn-facts/learn-facts.use-case.ts'
import { WatchLosses } from '../../use-cases/watch-losses/watch-losses.use-case.ts'

const contracts = [
  accountConnected,
  accountDisconnected,
  accountChanged,
  balanceUpdated,
  instrumentChanged,
  rateUpdated,
  entitlementChanged,
] as const
type AccountsEvent = ConsumedEvent<(typeof contracts)[number]>

/** Facts learnt in one transaction at most. */
const eventsMax = 1_000

@Controller()
export class AccountsConsumer {
  constructor(
    private readonly learnFacts: LearnFacts,
    private readonly watchLosses: WatchLosses,
  ) {}

  @Consume(contracts, { name: 'accounts', eventsMax })
  async handle(events: readonly AccountsEvent[], tx: Transaction): Promise<void> {
    const accounts = events.flatMap((event): AccountNews[] => {
      if (event.name === accountConnected.name) {
        return [{ ...event.data, connected: true, disconnectedBy: null, changedAt: event.data.connectedAt }]
      }
      if (event.name === accountDisconnected.name) {
        const { disconnectedAt: changedAt, reason } = event.data
        return [{ ...event.data, connected: false, disconnectedBy: reason.code, changedAt }]
      }
      return []
    })
    const accountChanges = events.flatMap((event) => (event.name === accountChanged.name ? [event.data] : []))
    const balances = events.flatMap((event) => (event.name === balanceUpdated.name ? [event.data] : []))
    const instruments = events.flatMap((event) => (event.name === instrumentChanged.name ? [event.data] : []))
    const entitlements = events.flatMap((event) => (event.name === entitlementChanged.name ? [event.data] : []))
    const rates = events.flatMap((event) => (event.name === rateUpdated.name ? [event.data] : []))
    // First: a period that begins starts from the equity as it was known until now.
    if (balances.length > 0) await this.watchLosses.execute(balances, tx)
    await this.learnFacts.execute({ accounts, accountChanges, balances, instruments, entitlements, rates }, tx)
  }
}
