/** What the use cases need of stored risk profiles. Called by use cases. Must never leak a row. */
import type { Transaction } from '@tradewire/database/transaction'
import type { RiskProfileId } from '@tradewire/kernel/ids'
import type { RiskProfile } from '../domain/model.ts'

export abstract class RiskProfiles {
  /** False if the name is taken. */
  abstract insert(tx: Transaction, profile: RiskProfile): Promise<boolean>
  abstract lock(tx: Transaction, id: RiskProfileId): Promise<RiskProfile | undefined>
  abstract update(tx: Transaction, profile: RiskProfile): Promise<void>
  abstract find(id: RiskProfileId): Promise<RiskProfile | undefined>
  /** All, by name: there are a handful. */
  abstract list(): Promise<RiskProfile[]>
}
