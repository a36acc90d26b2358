/** Settings of the platform and of accounts in PostgreSQL. Called through the LayersOfSettings port. Must never lose a revision. */
import { Injectable } from '@nestjs/common'
import type { SettingsScope, TradeSettings } from '@tradewire/contracts/trade-settings'
import { Database } from '@tradewire/database/database'
import type { Transaction } from '@tradewire/database/transaction'
import type { LayerSettings } from '../domain/model.ts'
import { LayersOfSettings } from '../ports/layer-settings.port.ts'

interface LayerRow {
  readonly settings: TradeSettings
  readonly revision: number
  readonly updated_at: Date
}

@Injectable()
export class SqlLayerSettings extends LayersOfSettings {
  constructor(private readonly database: Database) {
    super()
  }

  async replace(tx: Transaction, layer: Omit<LayerSettings, 'revision'>): Promise<LayerSettings> {
    const [row] = await tx.query<{ revision: number }>(
      `insert into layer_settings (scope, scope_id, settings, revision, updated_at) values ($1, $2, $3, 1, $4)
       on conflict (scope, scope_id) do update
         set settings = excluded.settings, revision = layer_settings.revision + 1, updated_at = excluded.updated_at
       returning revision`,
      [layer.scope, layer.scopeId, JSON.stringify(layer.settings), layer.updatedAt],
    )
    return { ...layer, revision: row!.revision }
  }

  async find(scope: SettingsScope, scopeId: string | null): Promise<LayerSettings | undefined> {
    const [row] = await this.database.query<LayerRow>(
      `select settings, revision, updated_at from layer_settings where scope = $1 and scope_id is not distinct from $2`,
      [scope, scopeId],
    )
    return row && { scope, scopeId, settings: row.settings, revision: row.revision, updatedAt: row.updated_at }
  }
}
