/**
 * The billing process as the simulation sees it: asked, killed, started again, and asked again for what it had not answered.
 * Called by the simulated world. Must never kill a process that it did not start.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { BillingCall, BillingHost } from './billing-host.ts'
import type { Asked, Told } from './billing-process.ts'

interface Waiting {
  readonly asked: Asked
  readonly answer: (value: unknown) => void
  readonly fail: (error: Error) => void
}

export class BillingChild implements BillingHost {
  kills = 0
  private readonly environment: Readonly<Record<string, string>>
  private readonly waiting = new Map<number, Waiting>()
  private child: ChildProcess | undefined
  private address = ''
  private count = 0
  private dying: Promise<void> = Promise.resolve()

  private constructor(environment: Readonly<Record<string, string>>) {
    this.environment = environment
  }

  static async start(environment: Readonly<Record<string, string>>): Promise<BillingChild> {
    const child = new BillingChild(environment)
    await child.begin()
    return child
  }

  get url(): string {
    return this.address
  }

  async ask(nowMs: number, call: BillingCall): Promise<unknown> {
    await this.dying
    this.count += 1
    const asked = { id: this.count, nowMs, call }
    return new Promise((answer, fail) => {
      this.waiting.set(asked.id, { asked, answer, fail })
      this.child?.send(asked)
    })
  }

  /** In the middle of whatever it does; what it had not answered is asked of its next life. */
  kill(): Promise<void> {
    this.kills += 1
    this.dying = this.renew()
    return this.dying
  }

  async stop(): Promise<void> {
    await this.dying
    await this.end('SIGTERM')
  }

  private async renew(): Promise<void> {
    await this.end('SIGKILL')
    await this.begin()
    for (const { asked } of this.waiting.values()) this.child?.send(asked)
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    const child = this.child
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    const exited = once(child, 'exit')
    child.kill(signal)
    await exited
  }

  private async begin(): Promise<void> {
    // Its next life has the same address: deliveries go on to it.
    const port = this.address === '' ? {} : { BILLING_HTTP_PORT: new URL(this.address).port }
    const child = fork(fileURLToPath(new URL('billing-process.js', import.meta.url)), [], {
      env: { ...this.environment, ...port },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    })
    this.child = child
    const [first] = (await Promise.race([once(child, 'message'), once(child, 'exit').then(() => [undefined])])) as [
      { url: string } | undefined,
    ]
    if (first === undefined) throw new Error('the billing process did not start')
    this.address = first.url
    child.on('message', (told: Told) => this.hear(told))
  }

  private hear(told: Told): void {
    if ('url' in told) return
    const waiting = this.waiting.get(told.id)
    this.waiting.delete(told.id)
    if ('problem' in told) waiting?.fail(new Error(told.problem))
    else waiting?.answer(told.value)
  }
}
