/** The `follow` table. Called by its store only. Must never leave store/. */
import type { TradeSettings } from '@tradewire/contracts/trade-settings'
import { Column, Entity, PrimaryColumn } from 'typeorm'

@Entity({ name: 'follow' })
export class FollowRow {
  @PrimaryColumn({ type: 'uuid' })
  id!: string

  @Column({ name: 'strategy_id', type: 'uuid' })
  strategyId!: string

  @Column({ name: 'account_id', type: 'uuid' })
  accountId!: string

  @Column({ name: 'user_id', type: 'uuid' })
  userId!: string

  @Column({ name: 'risk_profile_id', type: 'uuid' })
  riskProfileId!: string

  @Column({ type: 'int' })
  leverage!: number

  @Column({ name: 'max_notional', type: 'numeric', nullable: true })
  maxNotional!: string | null

  @Column({ type: 'jsonb' })
  settings!: TradeSettings

  @Column({ type: 'boolean' })
  active!: boolean

  @Column({ type: 'int' })
  revision!: number

  @Column({ name: 'created_at', type: 'timestamptz' })
  createdAt!: Date

  @Column({ name: 'updated_at', type: 'timestamptz' })
  updatedAt!: Date
}
