/**
 * The running system of one scenario with the means to hurt it, all drawn from one seed.
 * Called by scenarios. Must never let a broken expectation pass: it becomes a violation.
 */
import { writeFile } from 'node:fs/promises'
import { paperFault, paperFaultList, type SetFault } from '@tradewire/contracts/paper/control'
import { SeededRandomness } from '@tradewire/kernel/randomness'
import { GatewayClient } from '@tradewire/launcher/gateway/gateway-client'
import { ControlClient } from '@tradewire/launcher/paper/control-client'
import type { FaultProxy } from '@tradewire/testkit/fault-proxy'
import { z } from 'zod'
import { type AlertAnswer, postAlert } from './kit/alert-sender.ts'
import type { LinkName } from './kit/links.ts'
import { momentAfter } from './kit/moment.ts'
import type { RealSystem } from './kit/real-system.ts'
import type { SmallDisk } from './kit/small-disk.ts'

/** The fan-out of a small signal takes about as long. */
const momentLastMs = 300

export interface OwnStrategy {
  readonly id: string
  readonly secret: string
}

export interface StageParts {
  readonly system: RealSystem
  readonly seed: number
  readonly followers: number
  readonly say: (text: string) => void
  readonly disk: SmallDisk | undefined
  readonly clockFile: string | undefined
}

export class Stage {
  readonly randomness: SeededRandomness
  readonly broken: string[] = []
  /** Signals that were answered 2xx. */
  readonly taken: string[] = []
  private readonly pending: Promise<unknown>[] = []

  constructor(private readonly parts: StageParts) {
    this.randomness = new SeededRandomness(parts.seed)
  }

  get system(): RealSystem {
    return this.parts.system
  }

  get seed(): number {
    return this.parts.seed
  }

  get followers(): number {
    return this.parts.followers
  }

  get disk(): SmallDisk {
    if (this.parts.disk === undefined) throw new Error('the scenario has no small disk')
    return this.parts.disk
  }

  get venue(): ControlClient {
    return ControlClient.at(this.system.endpoints.paper?.control ?? '')
  }

  get gateway(): GatewayClient {
    const { gateway = '', operator = { username: '', password: '' } } = this.system.endpoints
    return new GatewayClient(gateway, operator, momentAfter)
  }

  note(text: string): void {
    this.parts.say(text)
  }

  /** What a scenario promises besides the invariants. */
  expect(holds: boolean, text: string): void {
    if (!holds) this.broken.push(text)
  }

  link(name: LinkName): FaultProxy {
    return this.system.link(name)
  }

  /** Waits for the moment of the next fault, chosen by the seed. */
  async moment(): Promise<void> {
    await momentAfter(Math.round(this.randomness.fraction() * momentLastMs))
  }

  pick<Item>(items: readonly Item[]): Item {
    return items[Math.floor(this.randomness.fraction() * items.length)] as Item
  }

  shuffled<Item>(items: readonly Item[]): Item[] {
    return items
      .map((item) => ({ item, place: this.randomness.fraction() }))
      .toSorted((a, b) => a.place - b.place)
      .map(({ item }) => item)
  }

  /** Goes on beside the load; it has ended before the run is judged. */
  beside(work: Promise<unknown>): void {
    work.catch((error: unknown) => this.broken.push(error instanceof Error ? error.message : String(error)))
    this.pending.push(work)
  }

  async untilBesideEnds(): Promise<void> {
    await Promise.allSettled(this.pending)
  }

  /** The signal to the process of a part, with a line about it. */
  async signal(name: string, signal: NodeJS.Signals): Promise<void> {
    const { pid } = await this.system.signal(name, signal)
    this.note(`${name} (${pid}) gets ${signal}`)
  }

  async setFaults(faults: readonly SetFault[]): Promise<void> {
    for (const body of faults) await this.venue.ask({ method: 'POST', path: '/faults', body }, paperFault)
  }

  /** Ends the venue's faults; each must have struck, or the scenario has shown nothing. */
  async endFaults(): Promise<void> {
    const { faults } = await this.venue.ask({ method: 'GET', path: '/faults' }, paperFaultList)
    // A switch that struck as often as it may is gone from the list; cancels are too few to be hit each time.
    for (const { kind, operation, hits } of faults) {
      if (operation !== 'cancel') this.expect(hits > 0, `the venue's fault ${kind} never struck`)
    }
    await this.venue.ask({ method: 'DELETE', path: '/faults' }, z.unknown())
  }

  async jumpClocks(offsetsMs: Readonly<Record<string, number>>): Promise<void> {
    if (this.parts.clockFile === undefined) throw new Error('the scenario has no clocks')
    await writeFile(this.parts.clockFile, JSON.stringify(offsetsMs))
  }

  /** A strategy without followers: its alerts are taken and lead to nothing. */
  ownStrategy(more: object = {}): Promise<OwnStrategy> {
    const strategy = { name: 'Alerts alone', venue: 'binance-usdm', symbol: 'BTC/USDT', ...more }
    return this.gateway.post<OwnStrategy>('/v1/strategies', strategy)
  }

  /** The body of an alert of that strategy; another number is another alert. */
  alertOf({ id, secret }: OwnStrategy, number: number): object {
    const price = 40_000 + number
    return {
      strategy: id,
      secret,
      orderPrice: price,
      type: 'buy',
      stop: 39_000,
      stopType: 'market',
      takeProfit: 42_000,
    }
  }

  async post(alert: object, url = this.system.endpoints.gateway ?? ''): Promise<AlertAnswer> {
    const answer = await postAlert(url, alert)
    if (answer.status < 300 && answer.signalId !== undefined) this.taken.push(answer.signalId)
    return answer
  }
}
