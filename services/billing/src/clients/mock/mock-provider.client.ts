/**
 * The provider `mock`: payers choose on a local page how it ends, and no money moves. Called through the PaymentProvider port.
 * Its side of the books is a table of its own. Must never be switched on where somebody means to be paid.
 */
import { Injectable } from '@nestjs/common'
import { Database } from '@tradewire/database/database'
import { Clock } from '@tradewire/kernel/clock'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { InjectConfig } from '@tradewire/nest-kit/tokens'
import type { BillingConfig } from '../../config.ts'
import type { AskedOnce } from '../../domain/payments/asked-once.ts'
import { currencies, type Currency } from '../../domain/money/currency.ts'
import { money, type Money } from '../../domain/money/money.ts'
import { nothingKnown, type Part, type Progress, type RefundStage } from '../../domain/payments/payment.ts'
import type { MockCheckout, MockCheckouts } from '../../ports/mock-checkouts.port.ts'
import {
  PaymentProvider,
  type Checkout,
  type HeardEvent,
  type Observation,
  type OpenedCheckout,
  type ProviderCapabilities,
  type ProviderFailure,
} from '../../ports/payment-provider.port.ts'

const CHOOSE = `
update mock_payment set progress = case when progress = 'succeeded' then progress else $2 end, changed_at = $3
where id = $1 returning *`

/** The same reference again changes nothing; more than was paid is refused. */
const REFUND = `
update mock_payment set changed_at = $4, refunds = jsonb_build_object($2::text, $3::text) || refunds
where id = $1 and progress = 'succeeded' and (refunds ? $2::text
  or (select coalesce(sum(value::bigint), 0) from jsonb_each_text(refunds)) + $3::bigint <= minor)
returning *`

interface MockRow {
  readonly id: string
  readonly reference: string
  readonly currency: Currency
  readonly minor: string
  readonly description: string
  readonly progress: Progress
  readonly refunds: Readonly<Record<string, string>>
  readonly changed_at: Date
}

@Injectable()
export class MockProvider extends PaymentProvider implements MockCheckouts {
  readonly code = 'mock'
  readonly capabilities: ProviderCapabilities = {
    currencies,
    renewals: 'link',
    refunds: 'partial',
    checkouts: ['page'],
    upgrades: 'payment',
    changesCycle: true,
  }

  constructor(
    @InjectConfig() private readonly config: BillingConfig,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {
    super()
  }

  /** It delivers nothing: what is chosen on its page is stored at once. */
  hear(): undefined {
    return undefined
  }

  async open({ reference, amount, description }: Checkout): Promise<Result<OpenedCheckout, ProviderFailure>> {
    const id = `mock_${reference}`
    await this.database.query(
      `insert into mock_payment (id, reference, currency, minor, description, changed_at) values ($1, $2, $3, $4, $5, $6)
       on conflict (id) do nothing`,
      [id, reference, amount.currency, amount.minor, description, this.clock.now()],
    )
    const paymentUrl = `${this.config.publicUrl.replace(/\/$/, '')}/v1/pay/mock/${id}`
    return ok({ externalId: id, subscriptionExternalId: null, clientSecret: null, paymentUrl })
  }

  async observe({ body }: HeardEvent, asked: AskedOnce): Promise<Result<readonly Observation[], ProviderFailure>> {
    const row = await asked.answer(`mock ${body}`, () => this.read(body))
    return row === undefined ? err({ kind: 'refused', detail: `there is no ${body}` }) : ok([observed(row)])
  }

  async refund(id: string, { minor }: Money, reference: string): Promise<Result<HeardEvent, ProviderFailure>> {
    const [row] = await this.database.query<MockRow>(REFUND, [id, reference, minor, this.clock.now()])
    return row === undefined ? err({ kind: 'refused', detail: 'so much was not paid' }) : ok(eventOf(row))
  }

  async cancel(): Promise<Result<Date, ProviderFailure>> {
    return err({ kind: 'refused', detail: 'it keeps no subscriptions' })
  }

  async recent(since: Date): Promise<Result<readonly HeardEvent[], ProviderFailure>> {
    const rows = await this.database.query<MockRow>(
      `select * from mock_payment where changed_at >= $1 and progress <> 'created'`,
      [since],
    )
    return ok(rows.map(eventOf))
  }

  async find(id: string): Promise<MockCheckout | undefined> {
    const row = await this.read(id)
    return row && { ...row, amount: money(BigInt(row.minor), row.currency) }
  }

  async choose(id: string, outcome: 'succeeded' | 'failed' | 'needs-action'): Promise<HeardEvent | undefined> {
    const [row] = await this.database.query<MockRow>(CHOOSE, [id, outcome, this.clock.now()])
    return row && eventOf(row)
  }

  private async read(id: string): Promise<MockRow | undefined> {
    const [row] = await this.database.query<MockRow>('select * from mock_payment where id = $1', [id])
    return row
  }
}

/** Named by the state that it tells of: the same state is told once. */
function eventOf({ id, progress, refunds }: MockRow): HeardEvent {
  return { eventId: `${id} ${progress} ${Object.keys(refunds).length}`, type: `payment.${progress}`, body: id }
}

function observed({ id, reference, currency, minor, progress, refunds }: MockRow): Observation {
  const parts = Object.entries(refunds).map(([key, part]): [string, Part<RefundStage>] => [
    key,
    { minor: BigInt(part), stage: 'made' },
  ])
  return {
    kind: 'payment',
    externalId: id,
    reference,
    subscriptionExternalId: null,
    isForChange: false,
    period: null,
    amount: money(BigInt(minor), currency),
    facts: {
      ...nothingKnown,
      progress,
      failure: progress === 'failed' ? 'chosen by the payer' : null,
      capturedMinor: progress === 'succeeded' ? BigInt(minor) : 0n,
      refunds: Object.fromEntries(parts),
    },
  }
}
