/**
 * A gateway of a broker's manager that answers as a test says, and as a sane one where the test says nothing.
 * Called by the specs of that adapter. Must never be mistaken for a venue: it keeps no books.
 */
import type { BrokerSession } from '@tradewire/broker-kit/broker-session'
import type { BrokerDefinition } from '@tradewire/broker-kit/define-broker'
import type { HostAnswer } from './answering-host.ts'
import type { ScriptedReply, Seen } from './scripted-exchange.ts'
import { ScriptedTerminal, told } from './scripted-terminal.ts'

export const platform = '0b5b7c0e-7d0f-4c6d-8f2e-4f8a3f0c9d11'
export const credentials = { clientId: 'client', clientSecret: 'hidden words', tradePlatform: platform, login: '5' }

export const data = (value: unknown) => told({ data: value, error: null, meta: { activityId: 'a' } })
export const failed = (code: string, managerCode: unknown = null) =>
  told({ data: null, error: { code, managerCode, message: 'words' }, meta: { activityId: 'a' } })

const hourMs = 3_600_000

const config = {
  symbol: 'EURUSD.m',
  type: 0,
  currency: 'EUR',
  tradeMode: 'Full',
  profitCalculationMode: 'Forex',
  point: 0.000_01,
  contractSize: 100_000,
}

export class ScriptedGateway extends ScriptedTerminal<Seen> {
  readonly trade: Readonly<Record<string, unknown>>
  /** How far the clock of the trade server is ahead of UTC. */
  hoursAhead = 0
  private tokens = 0

  constructor(definition: BrokerDefinition) {
    super(definition)
    this.trade = {
      order: 7,
      login: 5,
      symbol: 'EURUSD.m',
      tradeCommand: 'Buy',
      volume: 10,
      tradeRecordState: 'OpenNormal',
      openPrice: 1.085,
      sl: 0,
      tp: 1.1,
      openTime: '2022-09-09T01:57:36',
      closeTime: '1970-01-01T00:00:00Z',
      commission: -0.35,
      comment: this.clientOrderId,
      activationType: 'None',
    }
  }

  override reset(): void {
    super.reset()
    this.hoursAhead = 0
  }

  /** A moment as the trade server says it, which names no zone. */
  serverTime(at: Date): string {
    return new Date(at.getTime() + this.hoursAhead * hourMs).toISOString().slice(0, -1)
  }

  /** Calls to a path that ends so. */
  asked(end: string): readonly Seen[] {
    return this.exchange.seen.filter(({ path }) => path.endsWith(end))
  }

  transactions(): readonly Seen[] {
    return this.asked('/TradeTransaction')
  }

  bodies(): readonly Record<string, unknown>[] {
    return this.transactions().map(({ text }) => JSON.parse(text) as Record<string, unknown>)
  }

  open(sessions = 1): Promise<readonly BrokerSession[]> {
    return this.connect(credentials, sessions)
  }

  async openOne(): Promise<BrokerSession> {
    const [session] = await this.open()
    if (session === undefined) throw new Error('there is no session')
    return session
  }

  protected override reply(seen: Seen): ScriptedReply {
    return this.answer(seen) ?? this.sane(seen.path)
  }

  /** What a gateway answers whose account is in order. */
  sane(path: string): HostAnswer {
    if (path.endsWith('openid-configuration')) {
      return told({ token_endpoint: 'http://elsewhere.invalid/mt-manager/connect/token' })
    }
    if (path.endsWith('/connect/token')) {
      this.tokens += 1
      return told({ access_token: `token-${this.tokens}`, expires_in: 3_600, token_type: 'Bearer', scope: 'webapi' })
    }
    if (path.endsWith('/ServerTime')) return data(this.serverTime(new Date()))
    if (path.endsWith('/api/TradePlatforms')) return told([{ id: platform, type: 'MT4' }])
    if (path.includes('/UserRecordRequest/')) return data({ login: 5, group: 'demo' })
    if (path.includes('/GroupRecordGet/')) return data({ currency: 'USD' })
    if (path.includes('/GroupSecGroupsGet/')) return data([{ trade: 1, lotMin: 1, lotMax: 1_000, lotStep: 1 }])
    if (path.endsWith('/CfgRequestSymbol')) return data([config])
    if (path.includes('/TickInfoLast/')) return data({ symbol: 'EURUSD.m', bid: 1.0849, ask: 1.085 })
    if (path.includes('/MarginLevelRequest/')) {
      return data({ group: 'demo', balance: 1e4, equity: 1e4, margin: 0, free: 1e4, level: 0 })
    }
    if (path.endsWith('/TradeTransaction')) return data({ order: 7 })
    if (path.includes('/TradeRecordsRequest')) return data(this.held.length > 0 ? this.held : [this.trade])
    return data(path.includes('/TradesGetByLogin/') ? this.held : [])
  }
}

/** The answer to transactions alone. */
export const onTrade =
  (reply: ScriptedReply) =>
  ({ path }: Seen): ScriptedReply | undefined =>
    path.endsWith('/TradeTransaction') ? reply : undefined
