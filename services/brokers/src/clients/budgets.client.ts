/**
 * The budgets of each venue for this process's egress address. Called before each request that trades.
 * Must never let a paper account spend a live venue's budget, or the other way round.
 */
import { Injectable } from '@nestjs/common'
import type { SubmitCommand } from '@tradewire/broker-kit/approved-order'
import type { RateLimitedError } from '@tradewire/broker-kit/broker-error'
import { type ClientIdRule, encodeClientOrderId } from '@tradewire/broker-kit/client-order-id'
import type { BrokerEnvironment } from '@tradewire/broker-kit/define-broker'
import type { Venue } from '@tradewire/contracts/common'
import { Clock } from '@tradewire/kernel/clock'
import { InjectConfig } from '@tradewire/nest-kit/tokens'
import type { BrokersConfig } from '#config'
import { placeName } from '#domain/account/account'
import { RateBudget } from '#domain/sending/rate-budget'
import { Brokers } from '#ports/brokers.port'

export interface Spending {
  readonly venue: Venue
  readonly accountId: string
  readonly exit: boolean
}

/** Placing and cancelling weigh 1 at every venue of this release. */
const orderCost = 1

@Injectable()
export class Budgets {
  private readonly budgets = new Map<string, RateBudget>()
  private readonly environments = new Map<string, BrokerEnvironment>()

  constructor(
    private readonly brokers: Brokers,
    private readonly clock: Clock,
    @InjectConfig() private readonly config: BrokersConfig,
  ) {}

  /** An account is in use, and where it trades. */
  note(accountId: string, environment: BrokerEnvironment): void {
    this.environments.set(accountId, environment)
  }

  /** 0 and spent, or how many milliseconds to wait. */
  spend({ venue, accountId, exit }: Spending): number {
    return this.budgetOf(venue, accountId).spend(accountId, orderCost, exit, this.clock.monotonicMs())
  }

  /** Our id of the order as its venue takes it. */
  clientOrderId(command: SubmitCommand): string {
    return encodeClientOrderId(this.brokers.of(command.venue).capabilities.clientId, command.intentId)
  }

  uniquenessOf(venue: Venue): ClientIdRule['uniqueness'] {
    return this.brokers.of(venue).capabilities.clientId.uniqueness
  }

  /** The venue refused a call because of its rate. */
  close(venue: Venue, accountId: string, { scope, retryAfterMs }: RateLimitedError): void {
    const budget = this.budgetOf(venue, accountId)
    if (scope === 'account') budget.closeAccount(accountId, retryAfterMs, this.clock.monotonicMs())
    else budget.close(retryAfterMs, this.clock.monotonicMs())
  }

  /** 0 and spent, or how many milliseconds to wait; reads weigh what the venue says. */
  spendRead(venue: Venue, accountId: string, weight: number): number {
    return this.budgetOf(venue, accountId).spendRead(weight, this.clock.monotonicMs())
  }

  /** An account that is not known yet counts as live: that is the careful side. */
  private budgetOf(venue: Venue, accountId: string): RateBudget {
    const environment = this.environments.get(accountId) ?? 'live'
    const key = placeName({ venue, environment })
    const known = this.budgets.get(key)
    if (known !== undefined) return known
    const limited = environment === 'live' || this.config.paperRateLimits
    const budget = new RateBudget(limited ? this.brokers.of(venue).rateLimits : [], this.clock.monotonicMs())
    this.budgets.set(key, budget)
    return budget
  }
}
