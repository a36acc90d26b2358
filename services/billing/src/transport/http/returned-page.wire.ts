/** What a payer sees who comes back from a provider's page, as HTML. Called by its route. Must never say that something is paid before we know it. */
import type { PaymentStatus } from '@tradewire/contracts/rpc/billing/payments'
import { statusOf } from '../../domain/payments/payment.ts'
import type { Payment } from '../../domain/bills/bill.ts'
import { pageOfNothing, paymentPage, type PaymentState } from './payment-page.wire.ts'

const heading = 'Your payment'
const footer = 'What you have paid stands in your account, with its invoice.'
/** While it is not known how it ended. */
const againAfterSeconds = 3

const waiting = 'As soon as we hear of it this page says so. If you went back without paying, nothing is charged.'
const paid = { tone: 'go', title: 'Paid', text: 'Thank you. You may close this page.' } as const
const givenBack = { tone: '', title: 'Given back', text: 'Money of this payment was given back.' } as const
const disputed = {
  tone: 'wait',
  title: 'Disputed',
  text: 'Your bank has been asked to take this payment back.',
} as const

const states: Readonly<Record<PaymentStatus, PaymentState>> = {
  created: { tone: 'wait', title: 'Waiting for your payment', text: waiting },
  'needs-action': { tone: 'wait', title: 'Waiting for your bank', text: 'Your bank asks for another proof.' },
  processing: { tone: 'wait', title: 'Under way', text: 'Some ways of paying take a while. You may close this page.' },
  failed: { tone: 'stop', title: 'Not paid', text: 'The payment failed or was declined. Nothing was charged.' },
  succeeded: paid,
  'partly-refunded': givenBack,
  refunded: givenBack,
  disputed,
  'charged-back': disputed,
}

const expired = {
  tone: 'stop',
  title: 'Expired',
  text: 'The page was closed before anything was paid. Nothing was charged.',
} as const

export function returnedPage({ description, amount, facts }: Payment): string {
  const status = statusOf(facts)
  const state = status === 'failed' && facts.failure === 'page_expired' ? expired : states[status]
  const again = status === 'created' || status === 'needs-action' ? { againAfterSeconds } : {}
  return paymentPage({ heading, description, amount, state, more: '', footer, ...again })
}

export function returnedPageOfNothing(): string {
  return pageOfNothing(heading, footer)
}
