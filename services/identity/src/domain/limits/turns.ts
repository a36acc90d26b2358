/**
 * Work of one key runs one after the other, of different keys side by side; at most so many of one key wait.
 * Called by LogIn, so that right passwords sent at the same moment do not count against each other.
 * Must never be relied upon for a limit: other processes have turns of their own.
 */
export class Turns {
  private readonly queues = new Map<string, { last: Promise<void>; waiting: number }>()
  private readonly waitingMax: number

  constructor(waitingMax: number) {
    this.waitingMax = waitingMax
  }

  /** Answers undefined, without running the work, when too many wait for the same key. */
  async take<Value>(key: string, work: () => Promise<Value>): Promise<Value | undefined> {
    const queue = this.queues.get(key) ?? { last: Promise.resolve(), waiting: 0 }
    if (queue.waiting >= this.waitingMax) return undefined
    this.queues.set(key, queue)
    const before = queue.last
    const turn = Promise.withResolvers<void>()
    queue.last = turn.promise
    queue.waiting += 1
    await before
    try {
      return await work()
    } finally {
      queue.waiting -= 1
      if (queue.waiting === 0) this.queues.delete(key)
      turn.resolve()
    }
  }
}
