/**
 * Durable pull consumers, supervised for ever: gathers waiting messages, one transaction per batch, ack after commit.
 * Called by JetStreamServer for @Consume methods and by brokers for the partitions it owns.
 * Must never ack what is not committed, and never end by itself.
 */
import type { EventContract } from '@tradewire/contracts/define-event'
import { ConsumerGroup } from './consumer-group.ts'
import type { ConsumerOptions, ConsumerRunnerDeps, GroupOptions, RunningConsumer } from './consumer-options.ts'

export class ConsumerRunner {
  private readonly deps: ConsumerRunnerDeps
  private readonly running = new Set<ConsumerGroup>()

  constructor(deps: ConsumerRunnerDeps) {
    this.deps = deps
  }

  /** Starts consuming once the bus is ready, and goes on through every outage until stopped. */
  start<Contract extends EventContract>(options: ConsumerOptions<Contract>): RunningConsumer {
    const { durable, filterSubjects, ...shared } = options
    const group = this.group({ ...shared, name: durable })
    group.add(durable, filterSubjects)
    return group
  }

  /** Consumers to be added and removed while running. */
  group<Contract extends EventContract>(options: GroupOptions<Contract>): ConsumerGroup {
    const group = new ConsumerGroup(this.deps, options)
    this.running.add(group)
    return group
  }

  async stop(): Promise<void> {
    const groups = [...this.running]
    this.running.clear()
    await Promise.all(groups.map((group) => group.stop()))
  }
}
