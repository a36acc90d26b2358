/**
 * Billing beside the paper service, whose simulated payment providers keep the same clock. Called by the specs of each
 * provider. Must never look into a provider by another way than its control API.
 */
import { BillingDesk, dayMs, follower } from '@tradewire/billing/testing/billing-desk'
import { listPayments } from '@tradewire/contracts/rpc/billing/payments'
import { paperService } from '@tradewire/paper/service'
import { simulatedKey } from '@tradewire/paper/surfaces/razorpay/razorpay.controller'
import { startTestService, type TestService } from '@tradewire/testkit/start-test-service'
import Stripe from 'stripe'
import { request } from 'undici'

/** `mock` is billing's own, which the paper service does not play. */
export type Provider = 'stripe' | 'razorpay' | 'mayar' | 'mock'
export type PlayedProvider = Exclude<Provider, 'mock'>

export interface Delivered {
  readonly sent: number
  readonly accepted: number
}

/** The end of Mayar's address, which signs nothing. */
export const pathToken = 'an-end-that-nobody-can-guess'
/** Deliveries are signed with `now`; `before` is still taken. */
export const secrets = { now: 'whsec_of_the_simulator', before: 'whsec_of_before' }
const stripeKey = 'sk_test_simulator'
/** Those that charge by the clock. */
const clocked = ['stripe', 'razorpay'] as const

export class ProviderDesk extends BillingDesk {
  private readonly providers: readonly Provider[]
  /** Events of each provider from here on are of this test. */
  private readonly from = new Map<PlayedProvider, number>()
  private paperUrl = ''

  constructor(providers: readonly Provider[], start?: string) {
    super(start)
    this.providers = providers
  }

  override async start(): Promise<void> {
    const { backends, clock } = this
    const directory = { PAPER_DATA_DIRECTORY: backends.directory }
    const paper: TestService = await startTestService(paperService, backends, { settings: directory, clock })
    this.paperUrl = paper.url
    await super.start({
      BILLING_PROVIDERS: this.providers.join(','),
      BILLING_STRIPE_API_URL: paper.url,
      BILLING_STRIPE_SECRET_KEY: stripeKey,
      BILLING_STRIPE_WEBHOOK_SECRETS: `${secrets.before},${secrets.now}`,
      BILLING_RAZORPAY_API_URL: `${paper.url}/razorpay/v1`,
      BILLING_RAZORPAY_KEY_ID: simulatedKey.id,
      BILLING_RAZORPAY_KEY_SECRET: simulatedKey.secret,
      BILLING_RAZORPAY_WEBHOOK_SECRETS: `${secrets.before},${secrets.now}`,
      BILLING_MAYAR_API_URL: `${paper.url}/mayar/hl/v1`,
      BILLING_MAYAR_API_KEY: 'key-of-the-simulator',
      BILLING_MAYAR_PATH_TOKEN: pathToken,
    })
  }

  /** The providers keep what they know, so the clock goes on. */
  override async clear(): Promise<void> {
    await this.empty()
    for (const [provider, events] of await this.turnClocks()) this.from.set(provider, events)
  }

  /** Stripe's own client at the simulated Stripe. */
  stripeClient(): Stripe {
    const { hostname, port } = new URL(this.paperUrl)
    return new Stripe(stripeKey, { host: hostname, port, protocol: 'http', telemetry: false })
  }

  /** Throws when the paper service refuses it. */
  async order(provider: PlayedProvider, name: string, body: object): Promise<unknown> {
    const url = new URL(`/control/${provider}/${name}`, this.paperUrl)
    const answer = await request(url, { method: 'POST', body: JSON.stringify(body) })
    if (answer.statusCode !== 200) throw new Error(`${url.pathname}: ${answer.statusCode} ${await answer.body.text()}`)
    return answer.body.json()
  }

  /** All that the provider has to tell since the test began; what was taken has been worked on. */
  async deliver(provider: PlayedProvider, how: object = {}): Promise<Delivered> {
    const url = this.deliveriesOf(provider)
    const from = this.from.get(provider)
    const since = from === undefined ? { url } : { url, from, secret: secrets.now }
    const delivered = await this.order(provider, 'deliver', { ...since, ...how })
    await this.quiet()
    return delivered as Delivered
  }

  deliveriesOf(provider: PlayedProvider, token = pathToken): string {
    return `${this.service.url}/v1/webhook/payments/${provider}${provider === 'mayar' ? `/${token}` : ''}`
  }

  async advance(milliseconds: number): Promise<void> {
    this.clock.advance(milliseconds)
    await this.turnClocks()
  }

  override async passDays(days: number): Promise<void> {
    await this.advance(days * dayMs)
    await this.run('time')
  }

  /** The follower's, the newest first. */
  async payments() {
    return (await this.ask(listPayments, { caller: follower, page: {} })).items
  }

  /** Answers how many events each of them has made so far. */
  private async turnClocks(): Promise<(readonly [PlayedProvider, number])[]> {
    const made: (readonly [PlayedProvider, number])[] = []
    for (const provider of clocked.filter((one) => this.providers.includes(one))) {
      const { events } = (await this.order(provider, 'clock', { to: this.clock.now().toISOString() })) as {
        events: number
      }
      made.push([provider, events])
    }
    return made
  }
}
