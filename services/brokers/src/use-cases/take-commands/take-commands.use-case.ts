/**
 * Takes order.submit and order.cancel of the partitions held: stored first, in one commit for all that wait, then sent.
 * Called by the partition consumers. Must never send a command that is not stored, nor the same intent twice.
 */
// tidy-allow ratchet-use-case-methods: the steps of one shared transaction
import { Injectable } from '@nestjs/common'
import { traceOf } from '@tradewire/bus/consume/delivery'
import { isExit, type SubmitCommand } from '@tradewire/broker-kit/approved-order'
import { orderSubmit } from '@tradewire/contracts/events/orders'
import { RetryableError } from '@tradewire/database/retryable-error'
import type { Transaction } from '@tradewire/database/transaction'
import { partitionOf } from '@tradewire/kernel/partition'
import { type Attempt, newAttempt } from '#domain/attempt/attempt'
import { Desk, type HeldPartition, type LaneWork, openAttempt, type OpenAttempt, workOf } from '#domain/sending/desk'
import type { StoredAttempt } from '#ports/attempts.port'
import type { Command, CommandLane, CommandTaker } from '#ports/command-intake.port'
import { CommandLog } from '#ports/command-log.port'
import { SendGate } from '#ports/send-gate.port'
import { CancelOrders } from '../cancel-orders/cancel-orders.use-case.ts'
import { RunLanes } from '../run-lanes/run-lanes.use-case.ts'

/** The commands of one transaction. */
interface Batch {
  readonly submits: { readonly command: SubmitCommand; readonly trace: string | null }[]
  readonly cancels: string[]
  readonly partitions: Map<number, HeldPartition>
  /** New attempts, and those of them whose lane slot is reserved already. */
  readonly fresh: OpenAttempt[]
  readonly reserved: Map<string, LaneWork>
}

export class PartitionLostError extends RetryableError {
  override readonly name = 'PartitionLostError'
}

@Injectable()
export class TakeCommands implements CommandTaker {
  private readonly batches = new Map<Transaction, Batch>()
  /** Perhaps committed, with nobody told: their messages would then not come again, for the inbox knows them. */
  private readonly doubtful: Record<CommandLane, Batch[]> = { exits: [], entries: [] }

  constructor(
    private readonly desk: Desk,
    private readonly log: CommandLog,
    private readonly gate: SendGate,
    private readonly lanes: RunLanes,
    private readonly cancels: CancelOrders,
  ) {}

  async execute(commands: readonly Command[], tx: Transaction): Promise<void> {
    const batch = this.gather(commands)
    this.batches.set(tx, batch)
    this.prepare(batch)
    // One round trip for both: nothing is committed if the fence does not hold.
    const [isHeld, inserted] = await Promise.all([
      this.log.fence(tx, [...batch.partitions.values()]),
      batch.fresh.length === 0 ? new Set<string>() : this.insert(tx, batch),
    ])
    for (const held of batch.partitions.values()) {
      if (!isHeld(held)) throw new PartitionLostError(`partition ${held.partition} has another owner`)
    }
    if (batch.fresh.length > 0) {
      this.leaveOutKnown(batch, inserted)
      const waiting = batch.fresh.filter(({ attempt }) => attempt.reason === unreadAccount)
      const ids = waiting.map(({ attempt }) => attempt.command.intentId)
      if (ids.length > 0) await this.log.noteWait(tx, ids, unreadAccount)
    }
    if (batch.cancels.length > 0) await this.storeCancels(tx, batch)
  }

  committed(tx: Transaction): void {
    const batch = this.batches.get(tx)
    this.batches.delete(tx)
    if (batch === undefined) return
    this.leaveOutLost(batch)
    for (const one of batch.fresh) this.desk.add(one)
    for (const one of batch.fresh) {
      const work = batch.reserved.get(one.attempt.command.intentId)
      if (work === undefined) this.desk.enqueue(one, 'submit')
      else this.lanes.letGo(one, work)
    }
    for (const intentId of batch.cancels) this.cancels.request(intentId)
  }

  rolledBack(tx: Transaction, lane: CommandLane, doubtful: boolean): void {
    const batch = this.batches.get(tx)
    this.batches.delete(tx)
    for (const one of batch?.fresh ?? []) this.giveBack(one, batch?.reserved)
    if (batch !== undefined && doubtful) this.doubtful[lane].push(batch)
  }

  /**
   * What turns out to be stored goes on as after its commit: nothing of it has left this process. Transactions of a lane
   * follow one another, so none can store these commands while this one looks.
   */
  async settleDoubts(tx: Transaction, lane: CommandLane): Promise<void> {
    const doubtful = this.doubtful[lane]
    if (doubtful.length === 0) return
    const fresh = doubtful.flatMap((batch) => batch.fresh)
    const wanted = fresh.map(({ attempt, generation }) => ({ intentId: attempt.command.intentId, generation }))
    const stored = await this.log.stored(tx, wanted)
    const cancels = doubtful.flatMap((batch) => batch.cancels)
    this.doubtful[lane] = []
    for (const one of fresh) {
      const { command, partition } = one.attempt
      const ours = this.desk.holds({ partition, generation: one.generation })
      if (!ours || !stored.has(command.intentId) || this.desk.find(command.intentId) !== undefined) continue
      this.desk.add(one)
      this.desk.enqueue(one, 'submit')
    }
    // A cancel that was not stored comes again; asking for it twice does no harm.
    for (const intentId of cancels) this.cancels.request(intentId)
  }

  private gather(commands: readonly Command[]): Batch {
    const batch: Batch = { submits: [], cancels: [], partitions: new Map(), fresh: [], reserved: new Map() }
    for (const event of commands) {
      const partition = partitionOf(event.data.accountId)
      const held = this.desk.heldPartition(partition)
      if (held === undefined) throw new PartitionLostError(`partition ${partition} is not held any more`)
      batch.partitions.set(partition, held)
      if (event.name === orderSubmit.name) batch.submits.push({ command: event.data, trace: traceOf(event) })
      else batch.cancels.push(event.data.intentId)
    }
    // The first of an account takes its slot, and the first of all the last slots: exits before entries.
    batch.submits.sort((a, b) => Number(isExit(b.command)) - Number(isExit(a.command)))
    return batch
  }

  /** Which commands are new, and which of them may leave right after the commit: those need no second mark. */
  private prepare(batch: Batch): void {
    const receivedAt = this.gate.now()
    const seen = new Set<string>()
    for (const { command, trace } of batch.submits) {
      const { intentId, accountId } = command
      const held = batch.partitions.get(partitionOf(accountId))
      if (held === undefined || seen.has(intentId) || this.desk.find(intentId) !== undefined) continue
      seen.add(intentId)
      const attempt = newAttempt({
        command,
        clientOrderId: this.gate.clientOrderId(command),
        partition: held.partition,
        receivedAt,
      })
      const waits = !isExit(command) && !this.desk.isAdmitted(accountId)
      const one = openAttempt(waits ? { ...attempt, reason: unreadAccount } : attempt, held.generation, trace)
      batch.fresh.push(one)
      const work = workOf(attempt, 'submit')
      const lanes = this.desk.lanesOf(command.venue)
      if (!lanes.tryStart(work)) continue
      if (this.gate.spend(one, work) === 0) batch.reserved.set(intentId, work)
      else lanes.done(accountId)
    }
  }

  private insert(tx: Transaction, batch: Batch): Promise<ReadonlySet<string>> {
    const rows = batch.fresh.map((one) => this.rowOf(one, batch))
    return this.log.insert(tx, rows)
  }

  private rowOf(one: OpenAttempt, batch: Batch): StoredAttempt {
    const { attempt, generation, trace } = one
    const leaving = batch.reserved.has(attempt.command.intentId) || !this.gate.needsMark(attempt.command)
    const stored: Attempt = leaving
      ? { ...attempt, state: 'submitting', submissions: 1, sentAt: attempt.receivedAt }
      : attempt
    return { attempt: stored, generation, trace }
  }

  /** A command that was stored before, perhaps by another process, has its attempt already. */
  private leaveOutKnown(batch: Batch, inserted: ReadonlySet<string>): void {
    this.leaveOut(batch, ({ attempt }) => !inserted.has(attempt.command.intentId))
  }

  /** What was stored for a partition that is not held any more is taken up by whoever holds it next. */
  private leaveOutLost(batch: Batch): void {
    const lost = [...batch.partitions.values()].filter((held) => !this.desk.holds(held))
    const partitions = new Set(lost.map(({ partition }) => partition))
    if (lost.length > 0) this.leaveOut(batch, ({ attempt }) => partitions.has(attempt.partition))
  }

  private leaveOut(batch: Batch, isOut: (one: OpenAttempt) => boolean): void {
    const out = batch.fresh.filter(isOut)
    for (const one of out) this.giveBack(one, batch.reserved)
    if (out.length > 0) batch.fresh.splice(0, batch.fresh.length, ...batch.fresh.filter((one) => !out.includes(one)))
  }

  private giveBack(one: OpenAttempt, reserved: Map<string, LaneWork> | undefined): void {
    const { intentId, accountId, venue } = one.attempt.command
    if (reserved?.delete(intentId) !== true) return
    this.desk.lanesOf(venue).done(accountId)
    this.desk.wake(venue)
  }

  private async storeCancels(tx: Transaction, batch: Batch): Promise<void> {
    const known = await this.log.requestCancel(tx, batch.cancels)
    const unknown = batch.cancels.filter((intentId) => !known.has(intentId))
    // The submit may be on its way behind its cancel: the message comes again.
    if (unknown.length > 0) throw new RetryableError(`${unknown.length} cancels name orders that are not known yet`)
  }
}

/** Seen in the explain trace while the entry waits; the next news replaces it. */
const unreadAccount = {
  code: 'ACCOUNT_NOT_READ_YET',
  message: "The entry waits until the account's orders and positions have been read at the venue.",
}
