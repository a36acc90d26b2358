/**
 * A counterpart of a MetaTrader adapter that answers as a test says, and as a sane one where the test says nothing: what
 * MetaApi and a manager's gateway have in common. Called by the specs of those adapters.
 * Must never be mistaken for a venue: it keeps no books.
 */
import { type ApprovedOrder, approveOrder } from '@tradewire/broker-kit/approved-order'
import type { BrokerSession } from '@tradewire/broker-kit/broker-session'
import { encodeClientOrderId } from '@tradewire/broker-kit/client-order-id'
import type { BrokerDefinition, BrokerDependencies } from '@tradewire/broker-kit/define-broker'
import { orderSubmit } from '@tradewire/contracts/events/orders'
import type { HostAnswer } from './answering-host.ts'
import { ScriptedExchange, type ScriptedReply, type Seen } from './scripted-exchange.ts'

type Command = ReturnType<typeof orderSubmit.data.parse>
type Credentials = Readonly<Record<string, string>>

export const told = (body: unknown, status = 200): HostAnswer => ({ status, body: JSON.stringify(body) })

export abstract class ScriptedTerminal<Asked> {
  /** What stands on the account. */
  held: object[] = []
  /** Undefined where a sane answer will do. */
  answer: (asked: Asked) => ScriptedReply | undefined = () => undefined
  readonly clientOrderId: string
  protected readonly exchange: ScriptedExchange
  private readonly command: Command = orderSubmit.data.parse(orderSubmit.example)
  private dependencies: BrokerDependencies | null = null

  constructor(private readonly definition: BrokerDefinition) {
    this.clientOrderId = encodeClientOrderId(definition.capabilities.clientId, this.command.intentId)
    this.exchange = new ScriptedExchange(
      (seen) => this.reply(seen),
      () => undefined,
    )
  }

  async start(): Promise<void> {
    this.dependencies = await this.exchange.start()
  }

  stop(): void {
    this.exchange.stop()
  }

  reset(): void {
    this.exchange.reset()
    this.held = []
    this.answer = () => undefined
  }

  order(part: Partial<Command> = {}): ApprovedOrder {
    const euro = { venue: this.definition.id, symbol: 'EUR/USD', quantity: '0.1', leverage: null } as const
    const approved = approveOrder({ ...this.command, ...euro, ...part }, this.clientOrderId)
    if (!approved.ok) throw new Error(approved.error.message)
    return approved.value
  }

  protected abstract reply(seen: Seen): ScriptedReply

  /** As other processes would: they share nothing with the sessions before. */
  protected connect(
    credentials: Credentials,
    sessions = 1,
    own: Partial<BrokerDependencies> = {},
  ): Promise<readonly BrokerSession[]> {
    if (this.dependencies === null) throw new Error('the counterpart is not started')
    const dependencies = { ...this.dependencies, ...own }
    const form = this.definition.credentials.parse(credentials)
    return Promise.all(
      Array.from({ length: sessions }, async () => {
        const connected = await this.definition.connect(form, { environment: 'paper', dependencies })
        if (!connected.ok) throw new Error(connected.error.message)
        return connected.value
      }),
    )
  }
}
