/**
 * One durable consumer per partition held, all sharing their transactions. Called by hold-partitions.
 * Must never run a consumer for a partition that is not held.
 */
import { Injectable } from '@nestjs/common'
import { Bus } from '@tradewire/bus/connection'
import { ConsumerRunner, type RunningConsumer } from '@tradewire/bus/consumer-runner'
import { subjectOf } from '@tradewire/contracts/define-event'
import { orderCancel, orderSubmit } from '@tradewire/contracts/events/orders'
import { Database } from '@tradewire/database/database'
import { Clock } from '@tradewire/kernel/clock'
import { partitionToken } from '@tradewire/kernel/partition'
import { InjectLogger } from '@tradewire/nest-kit/tokens'
import type { Logger } from '@tradewire/observability/logger'
import { CommandIntake, type CommandTaker } from '#ports/command-intake.port'
import { SharedTransactions } from '#store/shared-transactions.store'

const eventsMax = 500

@Injectable()
export class PartitionIntake extends CommandIntake {
  private readonly runner: ConsumerRunner
  private connected: CommandTaker | null = null
  private readonly consumers = new Map<number, RunningConsumer>()

  constructor(bus: Bus, database: Database, clock: Clock, @InjectLogger() logger: Logger) {
    super()
    const shared = new SharedTransactions(database, {
      beforeCommit: (tx) => this.taker().beforeCommit(tx),
      afterCommit: (tx) => this.taker().afterCommit(tx),
      afterRollback: (tx, doubtful) => this.taker().afterRollback(tx, doubtful),
      settleDoubts: (tx) => this.taker().settleDoubts(tx),
    })
    // The runner only ever calls transact: that one method is what sharing needs.
    this.runner = new ConsumerRunner({ bus, database: shared as unknown as Database, logger, clock })
  }

  connect(taker: CommandTaker): void {
    this.connected = taker
  }

  start(partition: number): void {
    if (this.consumers.has(partition)) return
    const consumer = this.runner.start({
      durable: `brokers-${partitionToken(partition)}`,
      contracts: [orderSubmit, orderCancel],
      filterSubjects: [subjectOf(orderSubmit, partition), subjectOf(orderCancel, partition)],
      eventsMax,
      handler: async (events, tx) => {
        this.taker().execute(events, tx)
        await Promise.resolve()
      },
    })
    this.consumers.set(partition, consumer)
  }

  async stop(partitions: readonly number[]): Promise<void> {
    const stopping = partitions.flatMap((partition) => {
      const consumer = this.consumers.get(partition)
      this.consumers.delete(partition)
      return consumer === undefined ? [] : [consumer.stop()]
    })
    await Promise.all(stopping)
  }

  private taker(): CommandTaker {
    if (this.connected === null) throw new Error('nobody takes commands yet')
    return this.connected
  }
}
