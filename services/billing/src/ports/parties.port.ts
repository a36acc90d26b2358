/** Who sells and who buys, as invoices name them. Called when one is issued and by the routes of profiles. Must never change what an invoice says already. */
import type { ReplyOf } from '@tradewire/contracts/define-rpc'
import type { setBillingProfile } from '@tradewire/contracts/rpc/billing/profile'
import type { Transaction } from '@tradewire/database/transaction'
import type { Party } from '../domain/bills/invoice.ts'

export type BillingProfile = ReplyOf<typeof setBillingProfile>['profile']

export abstract class Parties {
  abstract saveProfile(userId: string, profile: BillingProfile): Promise<void>
  abstract profile(userId: string): Promise<BillingProfile | null>
  abstract seller(): Party
  /** As they are now, by user. Who said nothing is named as they log in. */
  abstract buyers(tx: Transaction, userIds: readonly string[]): Promise<ReadonlyMap<string, Party>>
}
