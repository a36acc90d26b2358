/** Razorpay's entities as its API shows them, as far as they are simulated. Called by its books. Must never be of use to anything of ours. */

export type Notes = Readonly<Record<string, string>>

export interface RazorpayEntity {
  readonly id: string
  readonly entity: string
  readonly created_at: number
}

export interface Order extends RazorpayEntity {
  readonly amount: number
  amount_paid: number
  amount_due: number
  readonly currency: string
  readonly receipt: string | null
  status: 'created' | 'attempted' | 'paid'
  attempts: number
  readonly notes: Notes
}

export interface Payment extends RazorpayEntity {
  readonly amount: number
  readonly currency: string
  status: 'created' | 'authorized' | 'captured' | 'refunded' | 'failed'
  readonly order_id: string
  readonly invoice_id: string | null
  amount_refunded: number
  captured: boolean
  /** With the tax on it; null until it is captured. */
  fee: number | null
  tax: number | null
  error_code: string | null
  error_reason: string | null
  readonly notes: Notes
}

export interface Plan extends RazorpayEntity {
  readonly period: 'monthly'
  readonly interval: number
  readonly item: { readonly name: string; readonly amount: number; readonly currency: string }
  readonly notes: Notes
}

export interface Subscription extends RazorpayEntity {
  plan_id: string
  status: 'created' | 'authenticated' | 'active' | 'pending' | 'halted' | 'cancelled' | 'completed'
  start_at: number | null
  current_start: number | null
  current_end: number | null
  charge_at: number | null
  ended_at: number | null
  readonly total_count: number
  paid_count: number
  remaining_count: string
  has_scheduled_changes: boolean
  readonly notes: Notes
  readonly short_url: string
  /** Ours: the card on file, the attempts of the open period, and whether it ends with it. */
  card: string | null
  attempts: number
  endsWithCycle: boolean
  /** Ours: the plan that its next cycle has. */
  nextPlan: string | null
}

export interface Invoice extends RazorpayEntity {
  readonly order_id: string
  readonly subscription_id: string
  payment_id: string | null
  status: 'issued' | 'paid'
  readonly amount: number
  readonly currency: string
  readonly billing_start: number
  readonly billing_end: number
}

export interface Refund extends RazorpayEntity {
  readonly amount: number
  readonly currency: string
  readonly payment_id: string
  readonly notes: Notes
  status: 'pending' | 'processed' | 'failed'
}

export interface Dispute extends RazorpayEntity {
  readonly payment_id: string
  readonly amount: number
  readonly currency: string
  readonly amount_deducted: number
  readonly phase: 'chargeback'
  status: 'open' | 'won' | 'lost'
}

export interface RazorpayEvent {
  /** Ours: sent as a header. */
  readonly id: string
  readonly entity: 'event'
  readonly account_id: string
  readonly event: string
  readonly contains: readonly string[]
  readonly payload: Readonly<Record<string, { readonly entity: RazorpayEntity }>>
  readonly created_at: number
}

/** What a test card does when it is charged. */
export type CardBehaviour = 'pay' | 'act' | 'decline'
export const testCards: Readonly<Record<string, CardBehaviour>> = {
  card_success: 'pay',
  card_asks_bank: 'act',
  card_declined: 'decline',
}
