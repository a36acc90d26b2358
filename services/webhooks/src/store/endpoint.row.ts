/** The `endpoint` table. Called by its store only. Must never leave store/. */
import { Column, Entity, PrimaryColumn } from 'typeorm'

@Entity({ name: 'endpoint' })
export class EndpointRow {
  @PrimaryColumn({ type: 'uuid' })
  id!: string

  @Column({ name: 'user_id', type: 'uuid' })
  userId!: string

  @Column({ type: 'text' })
  channel!: 'webhook' | 'telegram'

  @Column({ type: 'text' })
  url!: string

  @Column({ type: 'text', array: true })
  events!: string[]

  @Column({ name: 'every_user', type: 'boolean' })
  everyUser!: boolean

  @Column({ type: 'text', nullable: true })
  description!: string | null

  @Column({ type: 'boolean' })
  active!: boolean

  @Column({ name: 'disabled_reason', type: 'text', nullable: true })
  disabledReason!: string | null

  @Column({ name: 'failing_since', type: 'timestamptz', nullable: true })
  failingSince!: Date | null

  @Column({ type: 'text' })
  secret!: string

  @Column({ name: 'previous_secret', type: 'text', nullable: true })
  previousSecret!: string | null

  @Column({ name: 'previous_secret_until', type: 'timestamptz', nullable: true })
  previousSecretUntil!: Date | null

  @Column({ name: 'created_at', type: 'timestamptz' })
  createdAt!: Date

  @Column({ name: 'updated_at', type: 'timestamptz' })
  updatedAt!: Date
}
