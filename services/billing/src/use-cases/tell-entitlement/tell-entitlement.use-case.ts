/** Tells what a user may do when that has changed. Called whenever a plan of theirs, or the plans, have. Must never tell the same twice. */
import { Injectable } from '@nestjs/common'
import { entitlementChanged } from '@tradewire/contracts/events/billing'
import type { Transaction } from '@tradewire/database/transaction'
import { Clock } from '@tradewire/kernel/clock'
import { entitlementOf, planInForce, type Entitlement } from '../../domain/subscriptions/plan.ts'
import { Bills } from '../../ports/bills.port.ts'
import { Catalogue } from '../../ports/catalogue.port.ts'
import { Customers } from '../../ports/customers.port.ts'

const told = ['plan', 'endsAt', 'maxPositions', 'maxBalance', 'maxApiKeys', 'strategyAutomated'] as const

@Injectable()
export class TellEntitlement {
  constructor(
    private readonly customers: Customers,
    private readonly catalogue: Catalogue,
    private readonly bills: Bills,
    private readonly clock: Clock,
  ) {}

  async execute(tx: Transaction, userId: string): Promise<void> {
    const before = await this.customers.lock(tx, userId)
    const plans = await this.catalogue.plans(tx)
    const held = planInForce(await this.bills.plansHeld([userId], tx), plans, this.clock.now())
    if (held === undefined) return
    const entitlement = entitlementOf(held)
    if (isSame(before.entitlement, entitlement)) return
    const revision = before.revision + 1
    await this.customers.tell(tx, userId, { entitlement, revision })
    tx.append(entitlementChanged, { userId, ...entitlement, revision })
  }
}

function isSame(left: Entitlement | null, right: Entitlement): boolean {
  if (left === null) return false
  return told.every((field) => left[field] === right[field])
}
