/** The consumers of the partitions held, which share their transactions. Implemented in clients/. Must never run for others. */
import type { ConsumedEvent } from '@tradewire/bus/consume/consumer-options'
import type { orderCancel, orderSubmit } from '@tradewire/contracts/events/orders'
import type { Transaction } from '@tradewire/database/transaction'

export type Command = ConsumedEvent<typeof orderSubmit> | ConsumedEvent<typeof orderCancel>

/** Exits' commands have transactions of their own, which never wait for those of entries. */
export type CommandLane = 'exits' | 'entries'

/** What is done with commands, in the steps of a transaction that all partitions share. */
export interface CommandTaker {
  /** First of all: what became of earlier transactions of the lane whose commit was never answered. */
  settleDoubts(tx: Transaction, lane: CommandLane): Promise<void>
  /** Stores all commands of the transaction; throws when it must not go on. */
  execute(commands: readonly Command[], tx: Transaction): Promise<void>
  committed(tx: Transaction): void
  /** With `doubtful`, PostgreSQL went away meanwhile: the transaction may be committed all the same. */
  rolledBack(tx: Transaction, lane: CommandLane, doubtful: boolean): void
}

export abstract class CommandIntake {
  abstract connect(taker: CommandTaker): void
  abstract start(partition: number): void
  abstract stop(partitions: readonly number[]): Promise<void>
}
