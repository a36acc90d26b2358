/** The stub exchange as the measures use it. Called by the bench's setup. Must never be shared by two measurements at once. */
import { BenchChild } from '../kit/child.ts'
import type { Usage } from '../kit/usage.ts'
import type { ReceiveStats } from '../stub-exchange.ts'

export class Stub {
  private readonly child: BenchChild
  readonly url: string

  private constructor(child: BenchChild, port: number) {
    this.child = child
    this.url = `http://127.0.0.1:${port}`
  }

  static async start(logFile: string, delayMs: number): Promise<Stub> {
    const child = await BenchChild.start({ entry: 'stub-exchange', logFile })
    const stub = new Stub(child, await child.call<number>('listen'))
    await stub.setDelay(delayMs)
    return stub
  }

  reset(): Promise<void> {
    return this.child.call('reset')
  }

  setDelay(delayMs: number): Promise<void> {
    return this.child.call('setDelay', delayMs)
  }

  /** Resolves once so many distinct entries were received since the reset. */
  until(orders: number, withinMs: number): Promise<ReceiveStats> {
    return this.child.call('until', orders, withinMs)
  }

  stats(): Promise<ReceiveStats> {
    return this.child.call('stats')
  }

  streams(): Promise<number> {
    return this.child.call('streams')
  }

  /** All orders that rest, or those of one symbol. */
  cancelAll(symbol: string | null = null): Promise<number> {
    return this.child.call('cancelAll', symbol)
  }

  /** Fills the entry of that symbol that rests longest; false when there is none. */
  fillNext(symbol: string): Promise<boolean> {
    return this.child.call('fillNext', symbol)
  }

  /** From the news of a fill to the stop for it, for all since the last call. */
  exitDelays(): Promise<{ readonly delaysMs: readonly number[]; readonly missing: number }> {
    return this.child.call('exitDelays')
  }

  forgetAll(): Promise<void> {
    return this.child.call('forgetAll')
  }

  usage(): Usage {
    return this.child.usage()
  }

  stop(): Promise<void> {
    return this.child.stop()
  }
}
