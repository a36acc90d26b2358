/**
 * MetaApi as a test says that it answers, and as a sane one where the test says nothing.
 * Called by the specs of that adapter. Must never be mistaken for a venue: it keeps no books.
 */
import type { BrokerSession } from '@tradewire/broker-kit/broker-session'
import type { BrokerDefinition, BrokerDependencies } from '@tradewire/broker-kit/define-broker'
import type { HostAnswer } from './answering-host.ts'
import type { ScriptedReply, Seen } from './scripted-exchange.ts'
import { ScriptedTerminal, told } from './scripted-terminal.ts'

export interface Asked extends Pick<Seen, 'method' | 'path' | 'headers'> {
  readonly body: Readonly<Record<string, unknown>>
}

export const time = '2022-09-09T01:57:36.304Z'
export const login = { login: '5', password: 'hidden words', server: 'Spec' }
export const done = {
  numericCode: 10_009,
  stringCode: 'TRADE_RETCODE_DONE',
  message: '',
  orderId: '7',
  positionId: '7',
}

const specification = {
  symbol: 'EURUSD.m',
  tickSize: 0.000_01,
  minVolume: 0.01,
  maxVolume: 100,
  volumeStep: 0.01,
  contractSize: 100_000,
  baseCurrency: 'EUR',
  profitCurrency: 'USD',
}

export class ScriptedMetaapi extends ScriptedTerminal<Asked> {
  /** What the token has already. */
  accounts: object[] = []
  readonly deal: Readonly<Record<string, unknown>>
  readonly position: Readonly<Record<string, unknown>>

  constructor(definition: BrokerDefinition) {
    super(definition)
    const own = { symbol: 'EURUSD.m', time, volume: 0.1, clientId: this.clientOrderId }
    this.deal = {
      ...own,
      id: '70',
      type: 'DEAL_TYPE_BUY',
      entryType: 'DEAL_ENTRY_IN',
      price: 1.085,
      commission: -0.35,
      swap: 0,
      positionId: '7',
      orderId: '7',
    }
    this.position = { ...own, id: '7', type: 'POSITION_TYPE_BUY', openPrice: 1.085, takeProfit: 1.1 }
  }

  override reset(): void {
    super.reset()
    this.accounts = []
  }

  get asked(): readonly Asked[] {
    return this.exchange.seen.map(askedOf)
  }

  trades(): readonly Asked[] {
    return this.asked.filter(({ path }) => path.endsWith('/trade'))
  }

  /** The accounts that it was asked to make. */
  made(): readonly Asked[] {
    return this.asked.filter(({ method, path }) => method === 'POST' && path === '/users/current/accounts')
  }

  /** With a token of the account's own. */
  open(credentials: Readonly<Record<string, string>> = { accountId: 'made' }): Promise<BrokerSession> {
    return this.openWith({ token: 'a.b.c', ...credentials })
  }

  async openWith(
    credentials: Readonly<Record<string, string>>,
    platformTokens: BrokerDependencies['platformTokens'] = {},
  ): Promise<BrokerSession> {
    const [session] = await this.connect(credentials, 1, { platformTokens })
    return session!
  }

  protected override reply(seen: Seen): ScriptedReply {
    const asked = askedOf(seen)
    return this.answer(asked) ?? this.sane(asked)
  }

  private sane({ method, path }: Asked): HostAnswer {
    if (path === '/users/current/accounts' && method === 'POST') return told({ id: 'made', state: 'DEPLOYED' }, 201)
    if (path.startsWith('/users/current/accounts?')) return told(this.accounts)
    if (path.endsWith('/symbols')) return told(['EURUSD.m'])
    if (path.endsWith('/specification')) return told(specification)
    if (path.endsWith('/account-information')) {
      return told({ currency: 'USD', balance: 1e4, equity: 1e4, margin: 0, freeMargin: 1e4 })
    }
    if (path.endsWith('/positions')) return told(this.held)
    if (path.includes('/history-deals/')) return told([this.deal])
    if (path.endsWith('/trade')) return told(done)
    if (/\/accounts\/[^/]+$/.test(path)) {
      const known = { _id: 'made', login: '5', state: 'DEPLOYED', connectionStatus: 'CONNECTED', region: 'london' }
      return told({ ...known, server: `Spec-${this.exchange.seen.length}` })
    }
    return told([])
  }
}

function askedOf({ method, path, text, headers }: Seen): Asked {
  const body = text === '' ? {} : (JSON.parse(text) as Record<string, unknown>)
  return { method, path: path.replace(/^\/metaapi/, ''), headers, body }
}

/** The answer to trades alone. */
export const onTrade =
  (reply: ScriptedReply) =>
  ({ path }: Asked): ScriptedReply | undefined =>
    path.endsWith('/trade') ? reply : undefined
