/**
 * Mayar, over its REST API. Called through the PaymentProvider port.
 * Its deliveries carry no documented signature: they come to an unguessable address and are hints only. Must never grant
 * anything before the invoice itself was asked for.
 */
import { Injectable } from '@nestjs/common'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { InjectConfig } from '@tradewire/nest-kit/tokens'
import { returnUrlOf, type BillingConfig } from '../../config.ts'
import type { AskedOnce } from '../../domain/payments/asked-once.ts'
import { money } from '../../domain/money/money.ts'
import { nothingKnown } from '../../domain/payments/payment.ts'
import { isSameText } from '../../domain/payments/proof.ts'
import {
  PaymentProvider,
  type Checkout,
  type HeardEvent,
  type Observation,
  type OpenedCheckout,
  type ProviderCapabilities,
  type ProviderFailure,
  type RawDelivery,
} from '../../ports/payment-provider.port.ts'
import { JsonApi } from '../json-api.client.ts'
import {
  createdInvoice,
  delivery,
  history,
  isClosed,
  isPaid,
  listedInvoices,
  referenceKey,
  shownInvoice,
  type Delivery,
} from './mayar.wire.ts'

/** It counts whole rupiah; ISO 4217 and we count sen. */
const minorPerRupiah = 100n
const pagesMax = 50
const pageItems = 100
/** It wants a number; we do not know our users'. */
const noMobile = '000000000000'

@Injectable()
export class MayarProvider extends PaymentProvider {
  readonly code = 'mayar'
  readonly capabilities: ProviderCapabilities = {
    currencies: ['IDR'],
    renewals: 'link',
    refunds: 'none',
    checkouts: ['page'],
    upgrades: 'payment',
    changesCycle: true,
  }
  override readonly unitMinor = minorPerRupiah
  private readonly api: JsonApi

  constructor(@InjectConfig() private readonly config: BillingConfig) {
    super()
    this.api = new JsonApi({ url: config.mayarApiUrl, authorization: `Bearer ${config.mayarApiKey ?? ''}` })
  }

  hear({ headers, body, pathToken }: RawDelivery): HeardEvent | undefined {
    const { mayarPathToken, mayarTokenHeader, mayarWebhookToken } = this.config
    if (mayarPathToken === undefined || pathToken === undefined || !isSameText(pathToken, mayarPathToken))
      return undefined
    const given = mayarTokenHeader === undefined ? undefined : headers[mayarTokenHeader.toLowerCase()]
    const isHeaderWrong = typeof given !== 'string' || !isSameText(given, mayarWebhookToken ?? '')
    return mayarTokenHeader !== undefined && isHeaderWrong ? undefined : eventOf(body.toString('utf8'))
  }

  async observe({ body }: HeardEvent, asked: AskedOnce): Promise<Result<readonly Observation[], ProviderFailure>> {
    const { data } = delivery.parse(JSON.parse(body))
    for (const id of [data.productId, data.id]) {
      if (id === null || id === undefined) continue
      const path = `/invoice/${encodeURIComponent(id)}`
      const read = () => this.api.call({ method: 'GET', path, reply: shownInvoice })
      const shown = await asked.answer(`mayar ${path}`, read)
      if (shown.ok) return ok([observed(shown.value.data)])
      if (shown.error.kind !== 'refused') return shown
    }
    return ok([])
  }

  async open(checkout: Checkout): Promise<Result<OpenedCheckout, ProviderFailure>> {
    const { reference, amount, description, customer, wasAsked } = checkout
    if (amount.minor % minorPerRupiah !== 0n)
      return err({ kind: 'refused', detail: 'only whole rupiah can be charged' })
    const before = wasAsked ? await this.opened(reference) : ok(undefined)
    if (!before.ok) return before
    if (before.value !== undefined) return ok(before.value)
    const item = { quantity: 1, rate: Number(amount.minor / minorPerRupiah), description }
    const body = {
      name: customer.username === '' ? customer.userId : customer.username,
      email: customer.email ?? `${customer.userId}@users.invalid`,
      mobile: noMobile,
      description,
      redirectUrl: returnUrlOf(this.config, reference),
      items: [item],
      extraData: { [referenceKey]: reference },
    }
    const created = await this.api.call({ method: 'POST', path: '/invoice/create', body, reply: createdInvoice })
    if (!created.ok) return created
    const { id: externalId, link: paymentUrl } = created.value.data
    return ok({ externalId, subscriptionExternalId: null, clientSecret: null, paymentUrl })
  }

  /** It knows no idempotency key: what was opened before is known by where its payer comes back to. */
  private async opened(reference: string): Promise<Result<OpenedCheckout | undefined, ProviderFailure>> {
    for (let page = 1; page <= pagesMax; page += 1) {
      const path = `/invoice?page=${page}&pageSize=${pageItems}`
      const listed = await this.api.call({ method: 'GET', path, reply: listedInvoices })
      if (!listed.ok) return listed
      for (const { id, redirectUrl } of listed.value.data) {
        if (redirectUrl?.endsWith(`/${reference}`) !== true) continue
        const shown = await this.api.call({
          method: 'GET',
          path: `/invoice/${encodeURIComponent(id)}`,
          reply: shownInvoice,
        })
        if (!shown.ok) return shown
        const { status, paymentUrl } = shown.value.data
        if (isClosed(status) || typeof paymentUrl !== 'string') continue
        return ok({ externalId: id, subscriptionExternalId: null, clientSecret: null, paymentUrl })
      }
      if (listed.value.hasMore !== true) break
    }
    return ok(undefined)
  }

  async refund(): Promise<Result<HeardEvent, ProviderFailure>> {
    return err({ kind: 'refused', detail: 'Mayar has no refunds in its API' })
  }

  async cancel(): Promise<Result<Date, ProviderFailure>> {
    return err({ kind: 'refused', detail: 'Mayar keeps no subscriptions of ours' })
  }

  /** What it has delivered or tried to, newest first. */
  async recent(since: Date): Promise<Result<readonly HeardEvent[], ProviderFailure>> {
    const events: HeardEvent[] = []
    for (let page = 1; page <= pagesMax; page += 1) {
      const path = `/webhook/history?page=${page}&pageSize=${pageItems}`
      const listed = await this.api.call({ method: 'GET', path, reply: history })
      if (!listed.ok) return listed
      const fresh = listed.value.data.filter(({ createdAt }) => new Date(createdAt) >= since)
      for (const { payload } of fresh) {
        const event = eventOf(payload)
        if (event !== undefined) events.push(event)
      }
      if (fresh.length < listed.value.data.length || listed.value.hasMore !== true) break
    }
    return ok(events)
  }
}

/** It numbers no events: what happened to which transaction is the name of one. */
function eventOf(body: string): HeardEvent | undefined {
  const parsed = delivery.safeParse(jsonOf(body))
  if (!parsed.success) return undefined
  const { event, data }: Delivery = parsed.data
  return { eventId: `${event} ${data.transactionId ?? data.id}`, type: event, body }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

type ShownInvoice = {
  readonly id: string
  readonly amount: number
  readonly status: string | boolean
  readonly extraData?: Readonly<Record<string, unknown>> | null | undefined
}

function observed({ id, amount, status, extraData }: ShownInvoice): Observation {
  const minor = BigInt(amount) * minorPerRupiah
  const reference = extraData?.[referenceKey]
  const facts = isPaid(status) ? { progress: 'succeeded' as const, capturedMinor: minor } : {}
  return {
    kind: 'payment',
    externalId: id,
    reference: typeof reference === 'string' ? reference : null,
    subscriptionExternalId: null,
    isForChange: false,
    period: null,
    amount: money(minor, 'IDR'),
    facts: { ...nothingKnown, ...facts },
  }
}
