/**
 * Lets concurrent callers share a commit: whatever waits while one runs goes into the next.
 * Called where many write at once (alert intake, reconciliation, deliveries). Must never resolve a caller before its commit.
 */
export interface GroupCommitOptions<Item, Outcome> {
  /** At most this many items in one commit. */
  readonly batchRows: number
  /** At most this many items waiting; beyond it callers are turned away at once. */
  readonly queuedMax: number
  /** Commits the items; answers one outcome per item, in order, once they are committed. */
  readonly work: (items: readonly Item[]) => Promise<readonly Outcome[]>
}

export class GroupCommitFull extends Error {
  override readonly name = 'GroupCommitFull'
}

interface Waiting<Item, Outcome> {
  readonly item: Item
  readonly resolve: (outcome: Outcome) => void
  readonly reject: (error: unknown) => void
}

export class GroupCommit<Item, Outcome> {
  private readonly waiting: Waiting<Item, Outcome>[] = []
  private running = false
  private readonly options: GroupCommitOptions<Item, Outcome>

  constructor(options: GroupCommitOptions<Item, Outcome>) {
    this.options = options
  }

  /** Resolves after the commit that holds the item. Rejects with GroupCommitFull, or with the transaction's error. */
  submit(item: Item): Promise<Outcome> {
    if (this.waiting.length >= this.options.queuedMax) {
      return Promise.reject(new GroupCommitFull(`${this.options.queuedMax} items are waiting`))
    }
    return new Promise((resolve, reject) => {
      this.waiting.push({ item, resolve, reject })
      if (!this.running) void this.drain()
    })
  }

  private async drain(): Promise<void> {
    this.running = true
    // One turn of the event loop lets callers of the same moment share the first commit too.
    await new Promise(setImmediate)
    while (this.waiting.length > 0) {
      // eslint-disable-next-line no-await-in-loop -- the next batch gathers while this one commits
      await this.commit(this.waiting.splice(0, this.options.batchRows))
    }
    this.running = false
  }

  private async commit(batch: readonly Waiting<Item, Outcome>[]): Promise<void> {
    try {
      const outcomes = await this.options.work(batch.map(({ item }) => item))
      batch.forEach(({ resolve }, index) => resolve(outcomes[index] as Outcome))
    } catch (error) {
      if (batch.length > 1 && isAboutOneRow(error)) {
        for (const one of batch) await this.commit([one])
      } else for (const { reject } of batch) reject(error)
    }
  }
}

/** SQLSTATE classes 22 (bad data) and 23 (constraint): one row is at fault, the others deserve their commit. */
function isAboutOneRow(error: unknown): boolean {
  const code = (error as { readonly code?: unknown }).code
  return typeof code === 'string' && /^2[23]/.test(code)
}
