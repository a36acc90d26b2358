/**
 * Accounts, strategies and follows of ours, made through the services' own RPCs. Called by the measures' setup.
 * Must never write into a service's tables.
 */
import { Bus } from '@tradewire/bus/connection'
import { RpcClient } from '@tradewire/bus/rpc-client'
import type { ReplyOf, RpcContract } from '@tradewire/contracts/define-rpc'
import { connectAccounts } from '@tradewire/contracts/rpc/accounts'
import { createFollows, createRiskProfile, createStrategy } from '@tradewire/contracts/rpc/signals'
import { SystemClock } from '@tradewire/kernel/clock'
import { createLogger } from '@tradewire/observability/logger'
import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type { z } from 'zod'
import { eventually } from '../kit/eventually.ts'
import type { Ours } from './ours.ts'

export interface BenchStrategy {
  readonly id: string
  readonly secret: string
  readonly followers: number
}

const accountsPerCall = 100
const followsPerCall = 500
const askLimitMs = 120_000
const askAgainMs = 250
const askTriesMax = 40
const learnLimitMs = 120_000
/** Small enough that one account can hold an order of every strategy at once. */
const riskPercent = '0.1'
const leverage = 5
const signalMaxAgeSeconds = 600

const operator = { userId: randomUUID(), roles: ['operator' as const] }
const usualSymbol = 'BTC/USDT'

export class Followers {
  private readonly ours: Ours
  private readonly bus: Bus
  private readonly rpc: RpcClient
  private accounts: readonly string[] = []
  private follows = 0

  private constructor(ours: Ours, bus: Bus) {
    this.ours = ours
    this.bus = bus
    this.rpc = new RpcClient(bus, new SystemClock())
  }

  static async open(ours: Ours): Promise<Followers> {
    const logger = createLogger({ service: 'bench', level: 'warn' })
    return new Followers(ours, await Bus.connect({ url: ours.settings.natsUrl, name: 'bench', logger }))
  }

  close(): Promise<void> {
    return this.bus.close()
  }

  /** Connects so many accounts at the stub and waits until all services know them, streams included. */
  async connect(count: number, onProgress: (done: number) => void): Promise<void> {
    const ids: string[] = []
    while (ids.length < count) {
      const part = Math.min(accountsPerCall, count - ids.length)
      const accounts = Array.from({ length: part }, (_, index) => {
        const apiKey = `bench-${ids.length + index}`
        return { venue: 'paper' as const, label: apiKey, userId: randomUUID(), credentials: { apiKey, secret: apiKey } }
      })
      const { items } = await this.ask(connectAccounts, { caller: operator, accounts })
      for (const { account, error } of items) {
        if (account === null) throw new Error(`an account was not connected: ${error?.code} ${error?.message}`)
        ids.push(account.id)
      }
      onProgress(ids.length)
    }
    this.accounts = ids
    await eventually('all services know the accounts', learnLimitMs, async () => {
      const known = await this.ours.ask<{ signals: number; orders: number; balances: number }>(
        `select (select count(*)::int from signals.account) as signals, (select count(*)::int from orders.account) as orders,
           (select count(*)::int from orders.balance) as balances`,
      )
      return known.signals === count && known.orders === count && known.balances >= count
    })
    await eventually('all streams stand', learnLimitMs, async () => (await this.ours.settings.stub.streams()) >= count)
  }

  /**
   * Makes `signals` know accounts without brokers, by the table that account.connected feeds: only for measuring the
   * intake alone, where nothing may run that could tell of them.
   */
  async pretendAccounts(count: number): Promise<void> {
    const ids = Array.from({ length: count }, () => randomUUID())
    await this.ours.ask(
      `insert into signals.account (account_id, user_id, venue) select id, id, 'paper' from unnest($1::uuid[]) as t (id)`,
      [ids],
    )
    this.accounts = ids
  }

  /** Strategies that are followed by the first accounts, so many each; waits until `orders` has heard of all. */
  async strategies(
    sizes: readonly number[],
    onProgress: (done: number) => void,
    symbol = usualSymbol,
  ): Promise<BenchStrategy[]> {
    const made = await this.strategiesUnheard(sizes, onProgress, symbol)
    await eventually('orders knows the follows', learnLimitMs, async () => {
      const { count } = await this.ours.ask<{ count: number }>('select count(*)::int as count from orders.follow')
      return count === this.follows
    })
    return made
  }

  async strategiesUnheard(
    sizes: readonly number[],
    onProgress: (done: number) => void = () => undefined,
    symbol = usualSymbol,
  ): Promise<BenchStrategy[]> {
    const name = `Bench${Array.from(randomUUID().replaceAll(/[^a-f]/g, ''), (letter) => letter).join('')}`
    const profile = await this.ask(createRiskProfile, { caller: operator, profile: { name, riskPercent } })
    const made: BenchStrategy[] = []
    for (const followers of sizes) {
      const strategy = await this.ask(createStrategy, {
        caller: operator,
        strategy: { name: `bench ${made.length}`, venue: 'paper', symbol, entryType: 'limit', signalMaxAgeSeconds },
      })
      for (let from = 0; from < followers; from += followsPerCall) {
        const offset = ((made.length * followers) % this.accounts.length) % (this.accounts.length - followers + 1)
        const accounts = this.accounts.slice(offset + from, offset + Math.min(from + followsPerCall, followers))
        const follows = accounts.map((accountId) => ({
          strategyId: strategy.id,
          accountId,
          riskProfileId: profile.id,
          leverage,
        }))
        if (follows.length > 0) await this.ask(createFollows, { caller: operator, follows })
      }
      this.follows += followers
      made.push({ id: strategy.id, secret: strategy.secret, followers })
      onProgress(made.length)
    }
    return made
  }

  private async ask<Contract extends RpcContract>(
    contract: Contract,
    request: z.input<Contract['request']>,
  ): Promise<ReplyOf<Contract>> {
    let reply = await this.rpc.ask(contract, request, { deadlineMs: askLimitMs })
    for (let tries = 0; !reply.ok && reply.error.code === 'SERVICE_UNAVAILABLE' && tries < askTriesMax; tries += 1) {
      // Nobody was there to answer yet: a service that has just started listens a moment later.
      await delay(askAgainMs)
      reply = await this.rpc.ask(contract, request, { deadlineMs: askLimitMs })
    }
    if (!reply.ok) throw new Error(`${contract.name}: ${reply.error.code} ${reply.error.message}`)
    return reply.value
  }
}

let alerts = 0

/** An alert of TradingView's form; never the same twice. */
export function alertOf({ id, secret }: BenchStrategy): string {
  alerts += 1
  return JSON.stringify({
    strategy: id,
    secret,
    orderPrice: '40000.1',
    type: 'buy',
    stop: '39000',
    stopType: 'market',
    takeProfit: '41000',
    takeProfit1: 'NaN',
    alertId: `${process.pid}-${alerts}`,
  })
}
