/**
 * Who may use the pool: so many at once, urgent work first, and some places that only it takes.
 * Called by Database; pure but for its limit of time. Must never let other work wait for ever behind urgent work alone.
 */
export interface PermitLimits {
  readonly all: number
  /** Of these, so many that only urgent work takes. */
  readonly urgent: number
  /** A caller that has waited so long is refused. */
  readonly waitMs: number
}

interface Waiter {
  readonly admit: () => void
}

export class PermitRefusedError extends Error {
  override readonly name = 'PermitRefusedError'

  constructor(waitMs: number) {
    super(`no connection became free within ${waitMs} ms`)
  }
}

export class Permits {
  private taken = 0
  private readonly urgent = new Set<Waiter>()
  private readonly calm = new Set<Waiter>()
  private readonly limits: PermitLimits

  constructor(limits: PermitLimits) {
    this.limits = limits
  }

  /** Each call that resolves wants one `release`. Undefined when there is nothing to wait for. */
  acquire(urgent: boolean): Promise<void> | undefined {
    if (this.hasRoom(urgent)) {
      this.taken += 1
      return undefined
    }
    return this.wait(urgent ? this.urgent : this.calm)
  }

  release(): void {
    this.taken -= 1
    for (const [line, isUrgent] of [
      [this.urgent, true],
      [this.calm, false],
    ] as const) {
      const [next] = line
      if (next === undefined || !this.hasRoom(isUrgent)) continue
      line.delete(next)
      this.taken += 1
      next.admit()
      return
    }
  }

  private hasRoom(urgent: boolean): boolean {
    return this.taken < this.limits.all - (urgent ? 0 : this.limits.urgent)
  }

  private wait(line: Set<Waiter>): Promise<void> {
    const { waitMs } = this.limits
    return new Promise((resolve, reject) => {
      const waiter: Waiter = {
        admit: () => {
          clearTimeout(timer)
          resolve()
        },
      }
      const timer = setTimeout(() => {
        line.delete(waiter)
        reject(new PermitRefusedError(waitMs))
      }, waitMs)
      line.add(waiter)
    })
  }
}
