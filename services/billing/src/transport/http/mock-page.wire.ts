/** The page of the mock provider, as HTML. Called by its route. Must never be taken for a page on which money moves. */
import type { Progress } from '../../domain/payments/payment.ts'
import type { MockCheckout } from '../../ports/mock-checkouts.port.ts'
import { pageOfNothing, paymentPage, type PaymentState } from './payment-page.wire.ts'

const heading = 'Payment without money'
const footer = 'This is the mock provider of Tradewire. No money moves, whatever you choose.'

const states: Readonly<Record<Progress, PaymentState>> = {
  created: { tone: '', title: 'Not paid yet', text: 'Choose how this payment is to end.' },
  'needs-action': { tone: 'wait', title: 'Waiting for you', text: 'Your bank asks for more. Pay or decline to go on.' },
  processing: { tone: 'wait', title: 'Under way', text: 'This takes a moment.' },
  failed: { tone: 'stop', title: 'Declined', text: 'Nothing was charged. You may try again.' },
  succeeded: { tone: 'go', title: 'Paid', text: 'Thank you. You may close this page.' },
}

const choices = `<form method="post">
<button class="go" name="outcome" value="succeeded">Pay<small>The payment succeeds.</small></button>
<button name="outcome" value="needs-action">Ask for more<small>The bank wants another proof first.</small></button>
<button name="outcome" value="failed">Decline<small>The payment fails; it may be tried again.</small></button>
</form>`

export function mockPage({ description, amount, progress }: MockCheckout): string {
  const more = progress === 'succeeded' ? '' : choices
  return paymentPage({ heading, description, amount, state: states[progress], more, footer })
}

/** For a link to no payment. */
export function mockPageOfNothing(): string {
  return pageOfNothing(heading, footer)
}
