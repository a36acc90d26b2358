/**
 * Does the main job on real input: followers, recorded prices, TradingView alerts, then an audit against the venue.
 * Called by the demo command and by the tests that kill processes under it. Must never use a shortcut that a client of
 * the public API, a sender of alerts or the venue itself would not have.
 */
import { setTimeout as delay } from 'node:timers/promises'
import type { FollowerView, StrategyView } from './demo-replies.ts'
import type { BracketReply, OverviewReply } from '@tradewire/contracts/rpc/orders'
import { tradeClosed, tradeOpened } from '@tradewire/contracts/events/orders'
import { ledgerReply, setPriceReply } from '@tradewire/contracts/paper/control'
import { SeededRandomness } from '@tradewire/kernel/randomness'
import { ControlClient } from '../paper/control-client.ts'
import { LauncherError } from '../terminal/launcher-error.ts'
import type { Endpoints } from '../up/endpoints.ts'
import { audit } from './audit.ts'
import { untilBusIsQuiet } from './bus-quiet.ts'
import { type Means, connectAccounts, createFollows, profileIdOf, sendAlert, untilAnswered } from './cohort.ts'
import { GatewayClient } from '../gateway/gateway-client.ts'
import { demoResultOf, type DemoResult, type SentSignal } from './demo-result.ts'
import { recordedPrices, type Candle } from './recorded-prices.ts'
import { candlesPerSignalMax, planFollowers, planSignals, riskProfiles, type PlannedSignal } from './scenario.ts'
import { type Standing, standingOf } from './standing.ts'
import { startWebhookReceiver, type WebhookReceiver } from './webhook-receiver.ts'

export interface DemoOptions {
  readonly followers: number
  readonly signals: number
  readonly seed: number
}

export interface DemoWatcher {
  /** One line for people: what goes on, and how far it is. */
  progress(text: string): void
  /** Before each alert; tests set the venue's faults here. */
  readonly beforeSignal?: (place: number) => Promise<void>
  /** After each alert that was taken; tests kill a process here. */
  readonly onSignal?: (place: number, signalId: string) => Promise<void>
  /** Once the positions of an alert are held and protected, before prices go on. */
  readonly onProtected?: (place: number) => Promise<void>
  /** After the first prices that hit stops or targets of an alert's positions. */
  readonly onExits?: (place: number) => Promise<void>
  /** After all positions of an alert have ended. */
  readonly onSettled?: (place: number) => Promise<void>
}

/** Candles given to the venue at once; small, so that stops and targets are hit one after the other. */
const candlesPerStep = 10
/** A killed process must be back, and all be settled, within this (invariant I5). */
const settleWithinMs = 60_000
const settlePollMs = 150

export async function runDemo(endpoints: Endpoints, options: DemoOptions, watcher: DemoWatcher): Promise<DemoResult> {
  const receiver = await startWebhookReceiver()
  try {
    const demo = await Demo.prepare(endpoints, options, watcher, receiver)
    await demo.play()
    return await demo.settleAccounts()
  } finally {
    await receiver.stop()
  }
}

interface Parts extends Means {
  readonly endpoints: Endpoints
  readonly watcher: DemoWatcher
  readonly receiver: WebhookReceiver
}

class Demo {
  private readonly sent: SentSignal[] = []
  private prices = 0

  private constructor(
    private readonly parts: Parts,
    private readonly candles: readonly Candle[],
    private readonly plan: readonly PlannedSignal[],
    private readonly strategy: StrategyView,
    private readonly follows: readonly { readonly id: string; readonly balance: string }[],
  ) {}

  static async prepare(
    endpoints: Endpoints,
    options: DemoOptions,
    watcher: DemoWatcher,
    receiver: WebhookReceiver,
  ): Promise<Demo> {
    const { gateway: url, operator, paper } = endpoints
    if (url === undefined || operator === undefined || paper === undefined) {
      throw new LauncherError('the demo needs the gateway, identity and the paper venue', './tradewire up')
    }
    const gateway = new GatewayClient(url, operator, delay)
    const venue = ControlClient.at(paper.control)
    const parts = { endpoints, watcher, receiver, gateway, venue }
    const randomness = new SeededRandomness(options.seed)
    const followers = planFollowers(options.followers, randomness)
    const candles = await recordedPrices()
    const plan = planSignals(candles, options.signals, randomness)
    watcher.progress('creating a strategy, risk profiles and a webhook endpoint')
    const strategy = await gateway.post<StrategyView>('/v1/strategies', {
      name: 'Demo breakout',
      venue: 'binance-usdm',
      symbol: 'BTC/USDT',
    })
    const endpoint = await gateway.post<{ secret: string }>('/v1/webhook-endpoints', {
      url: receiver.url,
      events: [tradeOpened.name, tradeClosed.name],
      everyUser: true,
    })
    receiver.verifyWith(endpoint.secret)
    await venue.ask(
      { method: 'POST', path: '/price', body: { symbol: 'BTCUSDT', price: candles[plan[0]?.candle ?? 0]?.open } },
      setPriceReply,
    )
    const profileIds = await Promise.all(riskProfiles.map((profile) => profileIdOf(gateway, profile)))
    const accountIds = await connectAccounts(
      parts,
      followers.map(({ balance }) => balance),
    )
    const follows = await createFollows(
      parts,
      followers.map(({ profile, leverage }, index) => ({
        strategyId: strategy.id,
        accountId: accountIds[index] as string,
        riskProfileId: profileIds[profile] as string,
        leverage,
      })),
    )
    await untilBusIsQuiet(endpoints.nats, settleWithinMs)
    const held = follows.map(({ id }, index) => ({ id, balance: followers[index]?.balance ?? '0' }))
    return new Demo(parts, candles, plan, strategy, held)
  }

  /** Walks through the recorded prices; every alert is sent when its candle closes. */
  async play(): Promise<void> {
    for (const [index, signal] of this.plan.entries()) {
      const place = `signal ${index + 1} of ${this.plan.length}`
      await this.parts.watcher.beforeSignal?.(index + 1)
      await this.walk([this.candles[signal.candle] as Candle])
      this.parts.watcher.progress(`${place}: ${signal.side} at ${signal.alert['orderPrice']}, positions are opened`)
      const sent = await sendAlert(this.parts.endpoints, this.strategy, signal)
      this.sent.push(sent)
      await this.parts.watcher.onSignal?.(index + 1, sent.signalId)
      await this.untilSettled(`${place}: entries and their protection`)
      await this.parts.watcher.onProtected?.(index + 1)
      await this.playOut(signal, index + 1, place)
      await this.parts.watcher.onSettled?.(index + 1)
    }
  }

  /** Prices go on until every position has met its stop, target or trailing stop; what is left is closed by hand. */
  private async playOut(signal: PlannedSignal, number: number, place: string): Promise<void> {
    let exits = 0
    const last = signal.candle + candlesPerSignalMax
    for (let from = signal.candle + 1; from <= last; from += candlesPerStep) {
      const { held } = await this.standing()
      if (held === 0) return
      this.parts.watcher.progress(`${place}: ${held} positions open, minute ${from - signal.candle}`)
      const fills = await this.walk(this.candles.slice(from, from + candlesPerStep))
      if (fills === 0) continue
      exits += 1
      if (exits === 1) await this.parts.watcher.onExits?.(number)
      await this.untilSettled(`${place}: exits`)
    }
    this.parts.watcher.progress(`${place}: closing what is left by hand`)
    await this.parts.gateway.postAgain(`/v1/strategies/${this.strategy.id}/close`)
    await this.untilSettled(`${place}: closes`)
  }

  private async walk(candles: readonly Candle[]): Promise<number> {
    const body = { symbol: 'BTCUSDT', candles }
    const { fills } = await untilAnswered(() =>
      this.parts.venue.ask({ method: 'POST', path: '/price', body }, setPriceReply),
    )
    this.prices += candles.length
    return fills
  }

  private async standing(): Promise<Standing> {
    const path = `/v1/orders/overview?strategyId=${this.strategy.id}`
    const { items } = await this.parts.gateway.get<{ items: OverviewReply[] }>(path)
    return standingOf(items[0])
  }

  /** Every signal has its bracket on every follow, nothing is on its way, and the bus has nothing left to hand out. */
  private async untilSettled(what: string): Promise<void> {
    const deadlineMs = performance.now() + settleWithinMs
    const expected = this.sent.length * this.follows.length
    for (;;) {
      const now = await this.standing()
      if (now.brackets >= expected && now.moving === 0) {
        await untilBusIsQuiet(this.parts.endpoints.nats, settleWithinMs)
        if ((await this.standing()).moving === 0) return
      }
      if (performance.now() > deadlineMs) {
        const missing = expected - now.brackets
        throw new LauncherError(
          `${what} did not settle within ${settleWithinMs / 1_000} s: ${missing} brackets missing, ${now.moving} moving`,
        )
      }
      this.parts.watcher.progress(`${what}: ${now.brackets} of ${expected} brackets, ${now.moving} on their way`)
      await delay(settlePollMs)
    }
  }

  /** A bracket may end while the news of a leg that it no longer needs is on its way: what never comes is audited as it is. */
  private async toldBrackets(): Promise<BracketReply[]> {
    const deadlineMs = performance.now() + settleWithinMs
    for (;;) {
      const brackets = await this.parts.gateway.all<BracketReply>(`/v1/orders?strategyId=${this.strategy.id}`)
      const untold = brackets.some(({ legs }) => legs.some(({ state }) => state === 'submitted' || state === 'unknown'))
      if (!untold || performance.now() > deadlineMs) return brackets
      await delay(settlePollMs)
    }
  }

  /** Reads everything back and compares it with the venue's own ledger. */
  async settleAccounts(): Promise<DemoResult> {
    const { gateway, venue, receiver, watcher } = this.parts
    watcher.progress('comparing the books with the venue’s ledger')
    const brackets = await this.toldBrackets()
    const ledger = await untilAnswered(() =>
      venue.ask({ method: 'GET', path: '/ledger', query: { venue: 'binance-usdm' } }, ledgerReply),
    )
    const accountIds = new Set(brackets.map(({ accountId }) => accountId))
    const webhooks = await this.untilWebhooksArrived(brackets)
    const followers = await gateway.all<FollowerView>(`/v1/strategies/${this.strategy.id}/followers/performance`)
    return demoResultOf({
      signals: this.sent,
      follows: this.follows,
      candles: this.prices,
      brackets,
      fills: ledger.fills.length,
      venueOrders: ledger.orders,
      followers,
      accounts: accountIds.size,
      webhooks: { ...webhooks, refused: receiver.refused() },
      audit: audit({
        signalIds: this.sent.map(({ signalId }) => signalId),
        followIds: this.follows.map(({ id }) => id),
        brackets,
        venueOrders: ledger.orders,
      }),
    })
  }

  /** One delivery for each opening and each closing of a trade. */
  private async untilWebhooksArrived(brackets: readonly BracketReply[]): Promise<{ sent: number; verified: number }> {
    const { receiver, watcher } = this.parts
    const opened = brackets.filter(({ openedAt }) => openedAt !== null).length
    const closed = brackets.filter(({ state, openedAt }) => state === 'closed' && openedAt !== null).length
    const sent = opened + closed
    const deadlineMs = performance.now() + settleWithinMs
    while (receiver.verified() < sent && performance.now() < deadlineMs) {
      watcher.progress(`webhooks: ${receiver.verified()} of ${sent} verified`)
      await delay(settlePollMs)
    }
    return { sent, verified: receiver.verified() }
  }
}
