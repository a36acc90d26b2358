/** The `strategy` table. Called by its store only. Must never leave store/. */
import type { TradeSettings } from '@tradewire/contracts/trade-settings'
import { Column, Entity, PrimaryColumn } from 'typeorm'

@Entity({ name: 'strategy' })
export class StrategyRow {
  @PrimaryColumn({ type: 'uuid' })
  id!: string

  @Column({ name: 'owner_id', type: 'uuid' })
  ownerId!: string

  @Column({ type: 'text' })
  name!: string

  @Column({ type: 'text', nullable: true })
  description!: string | null

  @Column({ type: 'text' })
  venue!: string

  @Column({ type: 'text' })
  symbol!: string

  @Column({ name: 'entry_type', type: 'text' })
  entryType!: string

  @Column({ name: 'signal_max_age_seconds', type: 'int' })
  signalMaxAgeSeconds!: number

  @Column({ type: 'jsonb' })
  settings!: TradeSettings

  @Column({ name: 'provider_account_id', type: 'uuid', nullable: true })
  providerAccountId!: string | null

  @Column({ name: 'myfxbook_url', type: 'text', nullable: true })
  myfxbookUrl!: string | null

  @Column({ type: 'boolean' })
  active!: boolean

  @Column({ name: 'secret_digest', type: 'bytea' })
  secretDigest!: Buffer

  @Column({ name: 'previous_secret_digest', type: 'bytea', nullable: true })
  previousSecretDigest!: Buffer | null

  @Column({ name: 'previous_secret_until', type: 'timestamptz', nullable: true })
  previousSecretUntil!: Date | null

  @Column({ type: 'int' })
  revision!: number

  @Column({ name: 'created_at', type: 'timestamptz' })
  createdAt!: Date

  @Column({ name: 'updated_at', type: 'timestamptz' })
  updatedAt!: Date
}
