/** Keeps what billing must know of users and strategies. Called with their events. Must never know a strategy older than it did. */
import { Injectable } from '@nestjs/common'
import type { EventOf } from '@tradewire/contracts/define-event'
import { userCreated } from '@tradewire/contracts/events/identity'
import { strategyChanged } from '@tradewire/contracts/events/signals'
import type { Transaction } from '@tradewire/database/transaction'
import { Catalogue } from '../../ports/catalogue.port.ts'
import { Customers } from '../../ports/customers.port.ts'
import { TellEntitlement } from '../tell-entitlement/tell-entitlement.use-case.ts'

export const factEvents = [userCreated, strategyChanged] as const
type News = EventOf<(typeof factEvents)[number]>

@Injectable()
export class LearnFacts {
  constructor(
    private readonly catalogue: Catalogue,
    private readonly customers: Customers,
    private readonly tellEntitlement: TellEntitlement,
  ) {}

  async execute(events: readonly News[], tx: Transaction): Promise<void> {
    const users = events.flatMap((event) => (event.name === userCreated.name ? [event.data as UserNews] : []))
    const strategies = events.flatMap((event) =>
      event.name === strategyChanged.name ? [event.data as StrategyNews] : [],
    )
    if (strategies.length > 0) await this.catalogue.saveStrategies(tx, strategies)
    if (users.length === 0) return
    await this.customers.save(tx, users)
    for (const { userId } of users) await this.tellEntitlement.execute(tx, userId)
  }
}

type UserNews = EventOf<typeof userCreated>['data']
type StrategyNews = EventOf<typeof strategyChanged>['data']
