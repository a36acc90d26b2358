/** The `risk_profile` table. Called by its store only. Must never leave store/. */
import type { TradeSettings } from '@tradewire/contracts/trade-settings'
import { Column, Entity, PrimaryColumn } from 'typeorm'

@Entity({ name: 'risk_profile' })
export class RiskProfileRow {
  @PrimaryColumn({ type: 'uuid' })
  id!: string

  @Column({ type: 'text' })
  name!: string

  @Column({ name: 'risk_percent', type: 'numeric' })
  riskPercent!: string

  @Column({ type: 'jsonb' })
  settings!: TradeSettings

  @Column({ name: 'created_at', type: 'timestamptz' })
  createdAt!: Date

  @Column({ name: 'updated_at', type: 'timestamptz' })
  updatedAt!: Date
}
