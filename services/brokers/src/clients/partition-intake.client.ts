/**
 * Two durable consumers for each partition held, exits and entries; those of all partitions share transactions.
 * Called by hold-partitions. Must never consume for a partition that is not held, nor let exits wait for entries.
 */
import { Injectable } from '@nestjs/common'
import type { ConsumerGroup } from '@tradewire/bus/consume/consumer-group'
import { ConsumerRunner } from '@tradewire/bus/consume/consumer-runner'
import { subjectOf, urgentSubjectOf } from '@tradewire/contracts/define-event'
import { orderCancel, orderSubmit } from '@tradewire/contracts/events/orders'
import { partitionToken } from '@tradewire/kernel/partition'
import { CommandIntake, type CommandLane, type CommandTaker } from '#ports/command-intake.port'

/** Commands stored in one transaction at most. */
const eventsMax: Readonly<Record<CommandLane, number>> = { exits: 500, entries: 250 }
const lanes = ['exits', 'entries'] as const

@Injectable()
export class PartitionIntake extends CommandIntake {
  private groups: ReadonlyMap<CommandLane, ConsumerGroup> | undefined

  constructor(private readonly runner: ConsumerRunner) {
    super()
  }

  connect(taker: CommandTaker): void {
    this.groups = new Map(lanes.map((lane) => [lane, this.group(taker, lane)]))
  }

  start(partition: number): void {
    if (this.groups === undefined) throw new Error('nobody takes commands yet')
    for (const [lane, group] of this.groups) group.add(durableOf(partition, lane), subjectsOf(partition, lane))
  }

  async stop(partitions: readonly number[]): Promise<void> {
    const all = [...(this.groups ?? [])]
    await Promise.all(all.map(([lane, group]) => group.remove(partitions.map((one) => durableOf(one, lane)))))
  }

  private group(taker: CommandTaker, lane: CommandLane): ConsumerGroup {
    return this.runner.group({
      name: `brokers-${lane}`,
      contracts: [orderSubmit, orderCancel],
      eventsMax: eventsMax[lane],
      haste: lane === 'exits' ? 'urgent' : 'calm',
      // A cancel need not wait behind the entries of a signal with many followers, but behind the one that it names.
      urgent: (command) => command.name === orderCancel.name,
      key: (command) => command.data.intentId,
      handler: (commands, tx) => taker.execute(commands, tx),
      hooks: {
        begun: (tx) => taker.settleDoubts(tx, lane),
        committed: (tx) => taker.committed(tx),
        rolledBack: (tx, doubtful) => taker.rolledBack(tx, lane, doubtful),
      },
    })
  }
}

function subjectsOf(partition: number, lane: CommandLane): string[] {
  const subjects = [subjectOf(orderSubmit, partition), subjectOf(orderCancel, partition)]
  return lane === 'exits' ? subjects.map(urgentSubjectOf) : subjects
}

function durableOf(partition: number, lane: CommandLane): string {
  return `brokers-${partitionToken(partition)}-${lane}`
}
