/**
 * Rehearses the kill switch on a real system with paper accounts: open, flatten, refuse, release, open again. The
 * venue's own ledger judges. Called by the drill command. Must never use a door that an operator would not have.
 */
import { ledgerReply, type LedgerReply, setPriceReply } from '@tradewire/contracts/paper/control'
import type { OverviewReply } from '@tradewire/contracts/rpc/orders'
import { decimal } from '@tradewire/kernel/decimal'
import { SeededRandomness } from '@tradewire/kernel/randomness'
import { setTimeout as delay } from 'node:timers/promises'
import { untilBusIsQuiet } from '../demo/bus-quiet.ts'
import { connectAccounts, createFollows, type Means, profileIdOf, sendAlert } from '../demo/cohort.ts'
import type { StrategyView } from '../demo/demo-replies.ts'
import { GatewayClient } from '../gateway/gateway-client.ts'
import { type Percentiles, percentilesOf } from '../demo/percentiles.ts'
import { ControlClient } from '../paper/control-client.ts'
import { LauncherError } from '../terminal/launcher-error.ts'
import type { Endpoints } from '../up/endpoints.ts'

export interface DrillOptions {
  readonly followers: number
  readonly seed: number
}

export interface DrillResult {
  readonly drill: 'kill-switch'
  readonly followers: number
  readonly seed: number
  /** Positions that stood under their stops when the switch was engaged. */
  readonly opened: number
  /** Milliseconds from engaging to the fill that made an account flat, by the venue's clock. */
  readonly flatMs: Percentiles
  readonly refusedWhileEngaged: number
  readonly openedAfterRelease: number
  readonly violations: readonly string[]
}

const settleWithinMs = 60_000
const pollMs = 100
/** USDT. */
const startPrice = '42000'
const alertPrices = { stop: '41000', takeProfit1: '43000', takeProfit2: '44000' }
const balances = ['2000', '5000', '10000', '25000']
const profile = { name: 'Drill', riskPercent: '1' }

export async function drillKillSwitch(
  endpoints: Endpoints,
  options: DrillOptions,
  watcher: Means['watcher'],
): Promise<DrillResult> {
  const { gateway: url, operator, paper } = endpoints
  if (url === undefined || operator === undefined || paper === undefined) {
    throw new LauncherError('the drill needs the gateway, identity and the paper venue', './tradewire up')
  }
  const means = { gateway: new GatewayClient(url, operator, delay), venue: ControlClient.at(paper.control), watcher }
  const drill = new Drill(endpoints, options, means)
  await drill.prepare()
  return drill.run()
}

class Drill {
  private readonly endpoints: Endpoints
  private readonly options: DrillOptions
  private readonly means: Means
  private strategy: StrategyView | undefined
  private readonly violations: string[] = []
  private alerts = 0

  constructor(endpoints: Endpoints, options: DrillOptions, means: Means) {
    this.endpoints = endpoints
    this.options = options
    this.means = means
  }

  async prepare(): Promise<void> {
    const { gateway, venue } = this.means
    const randomness = new SeededRandomness(this.options.seed)
    const body = { symbol: 'BTCUSDT', price: startPrice }
    await venue.ask({ method: 'POST', path: '/price', body }, setPriceReply)
    const strategy = await gateway.post<StrategyView>('/v1/strategies', {
      name: 'Drill',
      venue: 'binance-usdm',
      symbol: 'BTC/USDT',
    })
    this.strategy = strategy
    const riskProfileId = await profileIdOf(gateway, profile)
    const chosen = Array.from(
      { length: this.options.followers },
      () => balances[Math.floor(randomness.fraction() * balances.length)]!,
    )
    const accountIds = await connectAccounts(this.means, chosen)
    const follows = accountIds.map((accountId) => ({ strategyId: strategy.id, accountId, riskProfileId, leverage: 10 }))
    await createFollows(this.means, follows)
    await untilBusIsQuiet(this.endpoints.nats, settleWithinMs)
  }

  async run(): Promise<DrillResult> {
    const { followers, seed } = this.options
    const first = await this.alert('opening a position on every account')
    await this.until(first, { protected: followers })
    const opened = (await this.ledger()).positions.filter(isHeld).length
    this.demand(opened === followers, `${opened} of ${followers} accounts hold a position before the switch`)

    const engagedAtMs = Date.parse((await this.ledger()).generatedAt)
    const { killSwitch } = await this.means.gateway.post<{ killSwitch: { id: string } }>('/v1/kill-switches', {
      scope: 'platform',
      mode: 'flatten',
      reason: 'A drill.',
    })
    this.means.watcher.progress('engaged: waiting until the venue is flat')
    const flatMs = await this.untilFlat(engagedAtMs)
    await this.until(first, { closed: followers })

    const before = (await this.ledger()).totals.ordersAccepted
    const second = await this.alert('an alert while the switch is engaged')
    await this.until(second, { denied: followers })
    const refused = (await this.overview(second))?.byDenial['KILL_SWITCH'] ?? 0
    this.demand(refused === followers, `${refused} of ${followers} entries were refused by the switch`)
    const entered = (await this.ledger()).totals.ordersAccepted - before
    this.demand(entered === 0, `${entered} orders reached the venue while the switch was engaged`)

    await this.release(killSwitch.id)
    const third = await this.alert('an alert after the release')
    await this.until(third, { protected: followers })
    const after = (await this.ledger()).positions.filter(isHeld).length
    this.demand(after === followers, `${after} of ${followers} accounts hold a position after the release`)
    return {
      drill: 'kill-switch',
      followers,
      seed,
      opened,
      flatMs: percentilesOf(flatMs),
      refusedWhileEngaged: refused,
      openedAfterRelease: after,
      violations: this.violations,
    }
  }

  private async release(id: string): Promise<void> {
    const { gateway } = this.means
    const { confirmation } = await gateway.post<{ confirmation: string }>(`/v1/kill-switches/${id}/release`)
    await gateway.post(`/v1/kill-switches/${id}/release/confirm`, { confirmation })
  }

  private demand(holds: boolean, problem: string): void {
    if (!holds) this.violations.push(problem)
  }

  /** Answers, for each account, when its last fill came. */
  private async untilFlat(sinceMs: number): Promise<number[]> {
    const deadlineMs = performance.now() + settleWithinMs
    for (;;) {
      const { positions, fills } = await this.ledger()
      const held = positions.filter(isHeld).length
      if (held === 0) {
        const last = new Map<string, number>()
        for (const { accountId, at } of fills) last.set(accountId, Math.max(last.get(accountId) ?? 0, Date.parse(at)))
        return [...last.values()].map((atMs) => atMs - sinceMs)
      }
      if (performance.now() > deadlineMs)
        throw new LauncherError(`${held} accounts are not flat after ${settleWithinMs / 1_000} s`)
      await delay(pollMs)
    }
  }

  private async alert(what: string): Promise<string> {
    this.means.watcher.progress(what)
    this.alerts += 1
    const { signalId } = await sendAlert(this.endpoints, this.strategy!, {
      contentType: 'application/json',
      alert: {
        // An alert that says the same as the one before is a repetition: each of these is another one.
        orderPrice: decimal(startPrice).plus(String(this.alerts)).toString(),
        type: 'buy',
        stopType: 'Market',
        trailingTrigger: 'NaN',
        callbackRate: 'NaN',
        winRate: '50',
        takeProfit: 'NaN',
        ...alertPrices,
        takeProfit3: 'NaN',
      },
    })
    return signalId
  }

  private async overview(signalId: string): Promise<OverviewReply | undefined> {
    const path = `/v1/orders/overview?strategyId=${this.strategy!.id}&signalId=${signalId}`
    return (await this.means.gateway.get<{ items: OverviewReply[] }>(path)).items[0]
  }

  /** Until so many brackets of the signal are in these states. */
  private async until(signalId: string, wanted: Readonly<Record<string, number>>): Promise<void> {
    const deadlineMs = performance.now() + settleWithinMs
    for (;;) {
      const states = (await this.overview(signalId))?.byState ?? {}
      if (Object.entries(wanted).every(([state, number]) => states[state] === number)) {
        await untilBusIsQuiet(this.endpoints.nats, settleWithinMs)
        return
      }
      if (performance.now() > deadlineMs) {
        throw new LauncherError(`wanted ${JSON.stringify(wanted)}, there are ${JSON.stringify(states)}`)
      }
      await delay(pollMs)
    }
  }

  private ledger(): Promise<LedgerReply> {
    return this.means.venue.ask({ method: 'GET', path: '/ledger', query: { venue: 'binance-usdm' } }, ledgerReply)
  }
}

function isHeld({ quantity }: { readonly quantity: string }): boolean {
  return Number(quantity) !== 0
}
