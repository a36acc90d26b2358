/** What the use cases need of the settings of the platform and of accounts. Called by use cases. Must never leak a row. */
import type { SettingsScope } from '@tradewire/contracts/trade-settings'
import type { Transaction } from '@tradewire/database/transaction'
import type { LayerSettings } from '../domain/model.ts'

export abstract class LayersOfSettings {
  /** Replaces what was said before; answers it with the next revision. */
  abstract replace(tx: Transaction, layer: Omit<LayerSettings, 'revision'>): Promise<LayerSettings>
  abstract find(scope: SettingsScope, scopeId: string | null): Promise<LayerSettings | undefined>
}
