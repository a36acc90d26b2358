/**
 * One durable consumer for each partition held, sharing transactions and acknowledgements.
 * Called by hold-partitions. Must never consume for a partition that is not held.
 */
import { Injectable } from '@nestjs/common'
import type { ConsumerGroup } from '@tradewire/bus/consumer-group'
import { ConsumerRunner } from '@tradewire/bus/consumer-runner'
import { subjectOf } from '@tradewire/contracts/define-event'
import { isExit } from '@tradewire/broker-kit/approved-order'
import { orderCancel, orderSubmit } from '@tradewire/contracts/events/orders'
import { partitionToken } from '@tradewire/kernel/partition'
import { CommandIntake, type CommandTaker } from '#ports/command-intake.port'

const eventsMax = 500

@Injectable()
export class PartitionIntake extends CommandIntake {
  private group: ConsumerGroup | undefined

  constructor(private readonly runner: ConsumerRunner) {
    super()
  }

  connect(taker: CommandTaker): void {
    this.group = this.runner.group({
      name: 'brokers-partitions',
      contracts: [orderSubmit, orderCancel],
      eventsMax,
      // A close does not wait behind the entries of a signal with many followers.
      urgent: (command) => command.name === orderSubmit.name && isExit(command.data),
      handler: (commands, tx) => taker.execute(commands, tx),
      hooks: {
        begun: (tx) => taker.settleDoubts(tx),
        committed: (tx) => taker.committed(tx),
        rolledBack: (tx, doubtful) => taker.rolledBack(tx, doubtful),
      },
    })
  }

  start(partition: number): void {
    if (this.group === undefined) throw new Error('nobody takes commands yet')
    this.group.add(durableOf(partition), [subjectOf(orderSubmit, partition), subjectOf(orderCancel, partition)])
  }

  async stop(partitions: readonly number[]): Promise<void> {
    await this.group?.remove(partitions.map(durableOf))
  }
}

function durableOf(partition: number): string {
  return `brokers-${partitionToken(partition)}`
}
