/**
 * Plays one case of the test card on one venue: an account of its own, the venue's adapter, real sockets.
 * Called by the conformance command and by the e2e spec of adapters. Must never decide what a case demands: the card does.
 */
import type { BrokerSession, SessionEvent } from '@tradewire/broker-kit/broker-session'
import { expectSameBooks } from '@tradewire/broker-kit/conformance-books'
import { type ConformanceCase, type ConformanceWorld, conformancePrice } from '@tradewire/broker-kit/conformance-world'
import type { BrokerDefinition, BrokerDependencies } from '@tradewire/broker-kit/define-broker'
import type { PaperCredentials } from '@tradewire/contracts/paper/control'
import { SystemClock } from '@tradewire/kernel/clock'
import { UuidV7Source } from '@tradewire/kernel/ids'
import { SystemRandomness } from '@tradewire/kernel/randomness'
import { createLogger } from '@tradewire/observability/logger'
import { eventually } from '@tradewire/testkit/eventually'
import type { PaperWorld } from './paper-world.ts'

const poorBalance = '1'
const quantity = '0.02'
/** What Bitcoin is called, from venue to venue. */
const bitcoins = ['BTC/USDT', 'BITCOIN/USD']
const ids = new UuidV7Source()

export class CardTable {
  private readonly dependencies: BrokerDependencies
  private readonly symbols = new Map<BrokerDefinition, string>()

  constructor(private readonly paper: PaperWorld) {
    this.dependencies = {
      clock: new SystemClock(),
      randomness: new SystemRandomness(),
      log: createLogger({ service: 'conformance', level: 'error' }),
      paperUrl: paper.url,
      connectionsMax: 8,
      requestTimeoutMs: 3_000,
    }
  }

  /** Throws what the case found. */
  async play(definition: BrokerDefinition, one: ConformanceCase): Promise<void> {
    const { paper } = this
    await paper.clearFaults()
    await paper.price(conformancePrice)
    const account = await paper.account(definition.id)
    const mine = { venue: definition.id, accountId: account.accountId }
    const session = await this.connect(definition, account)
    try {
      const events: SessionEvent[] = []
      session.events((event) => events.push(event))
      await eventually(() => events.some(({ kind }) => kind === 'stream-up'), { describe: 'the stream' })
      const world: ConformanceWorld = {
        session,
        strangerSession: () => this.connect(definition, strangerOf(definition, account)),
        poorSession: async () => this.connect(definition, await paper.account(definition.id, poorBalance)),
        capabilities: definition.capabilities,
        symbol: await this.bitcoinOf(definition, session),
        quantity,
        newIntentId: () => ids.next(),
        setPrice: (price) => paper.price(price),
        fault: (fault) => paper.fault({ ...fault, ...mine }),
        clearFaults: () => paper.clearFaults(),
        revokeKey: () => paper.revokeKey(account.accountId),
        changeKey: (rules) => paper.changeKey(account.accountId, rules),
        ledger: () => paper.ledger(mine),
        events,
        eventually: (read, describe) => eventually(read, { describe }) as never,
      }
      await one.run(world)
      if (one.breaksSession !== true) await expectSameBooks(world)
    } finally {
      await session.close()
    }
  }

  async connect(definition: BrokerDefinition, { credentials }: PaperCredentials): Promise<BrokerSession> {
    const { dependencies } = this
    const connected = await definition.connect(credentials, { environment: 'paper', dependencies })
    if (!connected.ok) throw new Error(connected.error.message)
    return connected.value
  }

  /** The symbol that the cases trade: whatever the venue lists for Bitcoin. */
  async bitcoinOf(definition: BrokerDefinition, session: BrokerSession): Promise<string> {
    const known = this.symbols.get(definition)
    if (known !== undefined) return known
    const listed = await session.instruments()
    const symbols = listed.ok ? listed.value.map(({ symbol }) => symbol) : []
    const symbol = bitcoins.find((each) => symbols.includes(each))
    if (symbol === undefined) throw new Error(`${definition.id} lists none of ${bitcoins.join(', ')}`)
    this.symbols.set(definition, symbol)
    return symbol
  }
}

/** The same account with a wrong secret, whatever the venue's form calls its secret. */
function strangerOf({ credentials: form }: BrokerDefinition, account: PaperCredentials): PaperCredentials {
  const secret = Object.entries(form.shape).find(
    ([, field]) => (field as { meta(): Record<string, unknown> | undefined }).meta()?.['secret'] === true,
  )
  return { ...account, credentials: { ...account.credentials, [secret?.[0] ?? 'secret']: 'wrong' } }
}
