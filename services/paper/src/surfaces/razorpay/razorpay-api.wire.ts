/**
 * Razorpay's API as far as billing uses it: paths, bodies, answers and errors. Called by its routes.
 * Must never make two orders of one unique receipt, nor two refunds of one idempotency key.
 */
import { z } from 'zod'
import type { RazorpayBooks } from './razorpay-books.wire.ts'
import type { Payment, RazorpayEntity } from './razorpay-objects.wire.ts'

export interface RazorpayCall {
  readonly method: string
  /** Without `/v1/`. */
  readonly path: string
  readonly query: Readonly<Record<string, string>>
  readonly body: unknown
  readonly refundKey: string | undefined
}

export interface RazorpayAnswer {
  readonly status: number
  readonly body: unknown
}

const amountMin = 100
const keyCharactersMin = 10
const listDefaultItems = 10
const listItemsMax = 100
const notes = z.record(z.string(), z.string()).default({})
const currency = z.string().length(3)
const newOrder = z.object({
  amount: z.int().min(amountMin),
  currency,
  receipt: z.string().max(40).nullable().default(null),
  unique_receipt: z.boolean().default(false),
  notes,
})
const newPlan = z.object({
  period: z.literal('monthly'),
  interval: z.int().min(1),
  item: z.object({ name: z.string().min(1), amount: z.int().min(amountMin), currency }),
  notes,
})
const newSubscription = z.object({
  plan_id: z.string(),
  total_count: z.int().min(1),
  start_at: z.int().nullable().default(null),
  notes,
})
const changedSubscription = z.object({ plan_id: z.string(), schedule_change_at: z.literal('cycle_end') })
const newRefund = z.object({ amount: z.int().min(1).optional(), notes })
const cancellation = z.object({ cancel_at_cycle_end: z.union([z.boolean(), z.literal([0, 1])]).default(0) })
const whole = z.coerce.number().int()
const listQuery = z.object({
  from: whole.default(0),
  to: whole.default(Infinity),
  count: whole.max(listItemsMax).default(listDefaultItems),
  skip: whole.default(0),
  plan_id: z.string().optional(),
  subscription_id: z.string().optional(),
})
const listed = ['payments', 'refunds', 'disputes', 'subscriptions', 'plans', 'invoices', 'orders'] as const
type Listed = (typeof listed)[number]

export class RazorpayApi {
  private readonly books: RazorpayBooks
  private readonly refunded = new Map<string, { readonly asked: string; readonly answer: RazorpayAnswer }>()

  constructor(books: RazorpayBooks) {
    this.books = books
  }

  answer(call: RazorpayCall): RazorpayAnswer {
    try {
      return call.method === 'GET' ? this.read(call) : this.write(call)
    } catch (error) {
      if (!(error instanceof z.ZodError)) throw error
      const [issue] = error.issues
      return failure(issue?.message ?? '', { reason: 'input_validation_failed', field: issue?.path.join('.') ?? '' })
    }
  }

  private write(call: RazorpayCall): RazorpayAnswer {
    const [resource = '', id, action] = call.path.split('/')
    if (call.method === 'PATCH') return this.changeSubscription(id ?? '', changedSubscription.parse(call.body).plan_id)
    switch (`${resource}${action === undefined ? '' : `/${action}`}`) {
      case 'orders':
        return this.createOrder(newOrder.parse(call.body))
      case 'plans': {
        const { interval, item, notes: kept } = newPlan.parse(call.body)
        return ok(this.books.createPlan(interval, item, kept))
      }
      case 'subscriptions': {
        const { plan_id: planId, total_count: totalCount, start_at: at, notes: kept } = newSubscription.parse(call.body)
        const plan = this.books.plans.get(planId)
        return plan === undefined ? noSuchId() : ok(this.books.createSubscription(plan, totalCount, kept, at))
      }
      case 'subscriptions/cancel': {
        const subscription = this.books.subscriptions.get(id ?? '')
        if (subscription === undefined) return noSuchId()
        const { cancel_at_cycle_end: atCycleEnd } = cancellation.parse(call.body)
        const cancelled = this.books.cancel(subscription, atCycleEnd === true || atCycleEnd === 1)
        return cancelled === undefined
          ? failure('Subscription is not cancellable in its current status.')
          : ok(cancelled)
      }
      case 'subscriptions/cancel_scheduled_changes':
        return this.changeSubscription(id ?? '', null)
      case 'payments/capture':
        return this.capture(this.books.payments.get(id ?? ''))
      case 'payments/refund':
        return this.refundOnce(this.books.payments.get(id ?? ''), call)
      default:
        return failure('The requested URL was not found on the server.')
    }
  }

  private changeSubscription(id: string, planId: string | null): RazorpayAnswer {
    const subscription = this.books.subscriptions.get(id)
    const plan = planId === null ? null : this.books.plans.get(planId)
    if (subscription === undefined || plan === undefined) return noSuchId()
    const changed = this.books.changeNextCycle(subscription, plan)
    return changed === undefined
      ? failure("Can't update subscription when it is not authenticated or active.")
      : ok(changed)
  }

  /** Ours captures by itself what a card was charged. */
  private capture(payment: Payment | undefined): RazorpayAnswer {
    if (payment === undefined) return noSuchId()
    return failure(
      payment.captured
        ? 'This payment has already been captured'
        : 'Only payments which have been authorized can be captured',
    )
  }

  private createOrder({ unique_receipt: isUnique, ...wanted }: z.output<typeof newOrder>): RazorpayAnswer {
    const known = isUnique
      ? [...this.books.orders.values()].find(({ receipt }) => receipt === wanted.receipt)
      : undefined
    return ok(known ?? this.books.createOrder(wanted))
  }

  private refundOnce(payment: Payment | undefined, { path, body, refundKey }: RazorpayCall): RazorpayAnswer {
    if (payment === undefined) return noSuchId()
    const { amount, notes: kept } = newRefund.parse(body)
    if (refundKey !== undefined && refundKey.length < keyCharactersMin)
      return failure('The idempotency key is too short.')
    const asked = JSON.stringify([path, body])
    const before = refundKey === undefined ? undefined : this.refunded.get(refundKey)
    if (before !== undefined) {
      return before.asked === asked ? before.answer : failure('Different request with the same idempotency key.')
    }
    const refund = this.books.refund(payment, amount ?? payment.amount - payment.amount_refunded, kept)
    const excess = 'The total refund amount is greater than the refund payment amount'
    const answer = refund === undefined ? failure(excess) : ok(structuredClone(refund))
    if (refundKey !== undefined) this.refunded.set(refundKey, { asked, answer })
    return answer
  }

  private read({ path, query }: RazorpayCall): RazorpayAnswer {
    const [resource = '', id, action, part] = path.split('/')
    const kind = listed.find((one) => one === resource)
    if (kind === undefined) return failure('The requested URL was not found on the server.')
    if (id === undefined) return this.list(kind, listQuery.parse(query))
    if (action === undefined) return found(this.books[kind].get(id))
    switch (`${kind}/${action}`) {
      case 'orders/payments':
        return collection([...this.books.payments.values()].filter((one) => one.order_id === id))
      case 'payments/refunds': {
        const refunds = [...this.books.refunds.values()].filter((one) => one.payment_id === id)
        return part === undefined ? collection(refunds) : found(refunds.find((one) => one.id === part))
      }
      case 'subscriptions/retrieve_scheduled_changes': {
        const subscription = this.books.subscriptions.get(id)
        const planId = subscription?.nextPlan ?? null
        return planId === null ? failure('No scheduled changes found.') : ok({ ...subscription, plan_id: planId })
      }
      default:
        return failure('The requested URL was not found on the server.')
    }
  }

  /** Newest first. */
  private list(kind: Listed, { from, to, count, skip, ...of }: z.output<typeof listQuery>): RazorpayAnswer {
    const wanted = Object.entries(of).filter(([, value]) => value !== undefined)
    const matching = [...(this.books[kind] as Map<string, RazorpayEntity>).values()].filter(
      (one) =>
        one.created_at >= from &&
        one.created_at <= to &&
        wanted.every(([name, value]) => (one as unknown as Record<string, unknown>)[name] === value),
    )
    return collection(matching.toReversed().slice(skip, skip + count))
  }
}

function ok(body: unknown): RazorpayAnswer {
  return { status: 200, body }
}

function collection(items: readonly unknown[]): RazorpayAnswer {
  return ok({ entity: 'collection', count: items.length, items })
}

function found(entity: RazorpayEntity | undefined): RazorpayAnswer {
  return entity === undefined ? noSuchId() : ok(entity)
}

function noSuchId(): RazorpayAnswer {
  return failure('The id provided does not exist')
}

export function failure(description: string, more: object = {}, status = 400): RazorpayAnswer {
  const error = { code: 'BAD_REQUEST_ERROR', description, source: 'business', step: 'payment_initiation', metadata: {} }
  return { status, body: { error: { ...error, ...more } } }
}
