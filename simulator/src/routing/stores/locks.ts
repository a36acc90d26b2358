/**
 * Locks of one simulated database, held until their transaction ends; who must wait stands in line.
 * Called by the transactions in memory. Must never let two wait for each other for ever: as in PostgreSQL the last one fails.
 */
import { TransactionConflictError } from '@tradewire/database/retryable-error'

export type LockMode = 'shared' | 'exclusive'

/** As the services' own connections ask PostgreSQL for it. */
const lockTimeoutMs = 5_000

interface Wish {
  readonly owner: object
  readonly mode: LockMode
  readonly grant: () => void
  readonly timer: NodeJS.Timeout
}

interface Line {
  readonly holders: Map<object, LockMode>
  readonly waiting: Wish[]
}

export class Locks {
  private readonly lines = new Map<string, Line>()

  /** Resolves once it is held; fails on a ring of waiters and after the limit. */
  async take(owner: object, key: string, mode: LockMode): Promise<void> {
    const line = this.lines.get(key) ?? { holders: new Map<object, LockMode>(), waiting: [] }
    this.lines.set(key, line)
    const held = line.holders.get(owner)
    if (held === 'exclusive' || held === mode) return
    const blockers = blockersOf(line, owner, mode)
    if (blockers.length === 0) line.holders.set(owner, mode)
    else if (this.leadTo(owner, blockers)) throw new TransactionConflictError('40P01', 'a ring of waiters')
    else await this.wait(line, owner, mode)
  }

  isHeld(key: string): boolean {
    return (this.lines.get(key)?.holders.size ?? 0) > 0
  }

  /** Everything that the owner holds or waits for; what it waits for never answers. */
  release(owner: object): void {
    for (const [key, line] of this.lines) {
      const wish = line.waiting.find((one) => one.owner === owner)
      if (wish !== undefined) leave(line, wish)
      if (line.holders.delete(owner) || wish !== undefined) grantFrom(line)
      if (line.holders.size === 0 && line.waiting.length === 0) this.lines.delete(key)
    }
  }

  private wait(line: Line, owner: object, mode: LockMode): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        leave(line, wish)
        grantFrom(line)
        reject(new TransactionConflictError('55P03', 'waited too long for a lock'))
      }, lockTimeoutMs)
      const wish: Wish = { owner, mode, grant: resolve, timer }
      line.waiting.push(wish)
    })
  }

  /** Whether one of these waits for the owner, at however many removes. */
  private leadTo(owner: object, blockers: readonly object[]): boolean {
    const seen = new Set<object>()
    const open = [...blockers]
    for (let one = open.pop(); one !== undefined; one = open.pop()) {
      if (one === owner) return true
      if (seen.has(one)) continue
      seen.add(one)
      for (const line of this.lines.values()) {
        const wish = line.waiting.find((waiting) => waiting.owner === one)
        if (wish !== undefined) open.push(...blockersOf(line, one, wish.mode))
      }
    }
    return false
  }
}

/** Those who hold it in a way that excludes the owner's, and those who stand before it in the line. */
function blockersOf({ holders, waiting }: Line, owner: object, mode: LockMode): object[] {
  const place = waiting.findIndex((wish) => wish.owner === owner)
  const before = place < 0 ? waiting : waiting.slice(0, place)
  const holding = [...holders].filter(([, held]) => mode === 'exclusive' || held === 'exclusive')
  return [...holding.map(([holder]) => holder), ...before.map((wish) => wish.owner)].filter((one) => one !== owner)
}

function leave({ waiting }: Line, wish: Wish): void {
  clearTimeout(wish.timer)
  waiting.splice(waiting.indexOf(wish), 1)
}

function grantFrom(line: Line): void {
  for (let first = line.waiting[0]; first !== undefined; first = line.waiting[0]) {
    const { owner, mode, grant } = first
    if (blockersOf(line, owner, mode).length > 0) return
    leave(line, first)
    line.holders.set(owner, mode)
    grant()
  }
}
