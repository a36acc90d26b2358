/**
 * Hears of strategies, follows, settings and accepted signals, in one order per strategy: a follow made before an alert
 * takes part. Called by the bus. Must never decide anything.
 */
import { Controller } from '@nestjs/common'
import type { ConsumedEvent } from '@tradewire/bus/consume/consumer-options'
import { Consume } from '@tradewire/bus/decorators'
import { followChanged, settingsChanged, signalAccepted, strategyChanged } from '@tradewire/contracts/events/signals'
import type { Transaction } from '@tradewire/database/transaction'
import { SlotBell } from '../../domain/planning/slot-bell.ts'
import { LearnFacts } from '../../use-cases/learn-facts/learn-facts.use-case.ts'
import { PlanSignal } from '../../use-cases/plan-signal/plan-signal.use-case.ts'

const contracts = [strategyChanged, followChanged, settingsChanged, signalAccepted] as const
type SignalsEvent = ConsumedEvent<(typeof contracts)[number]>

/** One message a transaction: the entries of one signal do not wait for the planning of the next. */
const eventsMax = 1
/** Strategies planned at once; more would only wait for the same processor. */
const concurrency = 4

@Controller()
export class SignalsConsumer {
  constructor(
    private readonly learnFacts: LearnFacts,
    private readonly planSignal: PlanSignal,
    private readonly slots: SlotBell,
  ) {}

  @Consume(contracts, { name: 'signals', eventsMax, concurrency, key: keyOf })
  async handle(events: readonly SignalsEvent[], tx: Transaction): Promise<void> {
    const strategies = events.flatMap((event) => (event.name === strategyChanged.name ? [event.data] : []))
    const follows = events.flatMap((event) => (event.name === followChanged.name ? [event.data] : []))
    const settings = events.flatMap((event) => (event.name === settingsChanged.name ? [event.data] : []))
    await this.learnFacts.execute({ strategies, follows, settings }, tx)
    for (const event of events) {
      if (event.name !== signalAccepted.name) continue
      // What is in the way of its entries is closed right after the commit.
      if (await this.planSignal.execute(event.data, tx)) tx.afterCommit(() => this.slots.ring())
    }
  }
}

/**
 * Signals are in order also among strategies of one symbol, whose orders may meet in one account. Settings hold for many
 * strategies, so they are in order among themselves only.
 */
function keyOf(event: SignalsEvent): string | readonly string[] {
  if (event.name === settingsChanged.name) return event.data.scope
  const { strategyId } = event.data
  return event.name === signalAccepted.name ? [strategyId, `${event.data.venue} ${event.data.symbol}`] : strategyId
}
