/** The closed table of what `billing` refuses. Called by its use cases. Must never change a code's meaning. */
import { defineErrors } from '@tradewire/kernel/errors'

export const billingErrors = defineErrors('billing', {
  PLAN_NOT_FOUND: {
    kind: 'not-found',
    message: 'There is no such plan.',
    fix: 'List the plans and use an id from there.',
  },
  PLAN_EXISTS: {
    kind: 'conflict',
    message: 'Another plan has this name.',
    fix: 'Choose another name.',
  },
  PLAN_DEFAULT_EXISTS: {
    kind: 'conflict',
    message: 'Another plan is that of everyone who has no other.',
    fix: 'Leave `default` out, or change what the default plan allows.',
  },
  PLAN_IS_DEFAULT: {
    kind: 'conflict',
    message: 'This plan is that of everyone who has no other.',
    fix: 'Change what it allows instead.',
  },
  STRATEGY_NOT_FOUND: {
    kind: 'not-found',
    message: 'There is no such strategy, or it is not yours.',
    fix: 'List the strategies and use an id from there; a new one is known within seconds.',
  },
  PRICE_INVALID: {
    kind: 'invalid',
    message:
      'The amount has more digits than its currency or is too large, the currency is not known, or a price stands twice.',
    fix: 'Use the digits of the currency, such as 19.99 USD or 1999 JPY, and one price per currency and cycle.',
  },
  NOT_FOR_SALE: {
    kind: 'refused',
    message: 'This is not sold in this currency and cycle.',
    fix: 'List the prices and choose one of them.',
  },
  PROVIDER_NOT_AVAILABLE: {
    kind: 'refused',
    message: 'This payment provider is switched off, or does not take this currency or offer this kind of checkout.',
    fix: 'List the payment providers and choose one that takes the currency.',
  },
  PROVIDER_REFUSED: {
    kind: 'refused',
    message: 'The payment provider refuses the request.',
    fix: 'See the detail; if it names a key or a setting, the operator must mend it.',
  },
  PROVIDER_UNAVAILABLE: {
    kind: 'unavailable',
    message: 'The payment provider cannot be reached, or does not say what it did.',
    fix: 'Send the request again with the same requestId: nothing is charged twice.',
  },
  ALREADY_SUBSCRIBED: {
    kind: 'conflict',
    message:
      'You have a subscription to this that is in force, waits for its first payment or is about to be changed to this.',
    fix: 'List your subscriptions; pay or cancel that one, or take its change back.',
  },
  SUBSCRIPTION_NOT_FOUND: {
    kind: 'not-found',
    message: 'There is no such subscription, or it is not yours.',
    fix: 'List your subscriptions and use an id from there.',
  },
  CHANGE_NOT_FOUND: {
    kind: 'not-found',
    message: 'There is no change of such a subscription, or it is not yours.',
    fix: 'List your subscriptions and ask for a change of one of them.',
  },
  CHANGES_NOTHING: {
    kind: 'conflict',
    message: 'The subscription is for this plan and cycle already.',
    fix: 'Name another plan or another cycle.',
  },
  CHANGE_NOT_POSSIBLE: {
    kind: 'refused',
    message: 'This subscription cannot be changed so.',
    fix: 'See the reason; what is not paid, was cancelled or was given back must be settled first.',
  },
  CHANGE_STALE: {
    kind: 'refused',
    message: 'The moment for which the change was priced is too long ago, or is yet to come.',
    fix: 'Ask for a preview again, and send its pricedAt within some minutes.',
  },
  CHANGE_UNDER_WAY: {
    kind: 'conflict',
    message: 'Another change of this subscription is under way.',
    fix: 'Take that one back first, or wait until it is in force.',
  },
  CHANGE_TOO_LATE: {
    kind: 'conflict',
    message: 'The subscription has moved on: its next period is billed, or the change is in force.',
    fix: 'Look at the subscription and its payments; change it when its next period is paid.',
  },
  PAYMENT_NOT_FOUND: {
    kind: 'not-found',
    message: 'There is no such payment, or it is not yours.',
    fix: 'List your payments and use an id from there.',
  },
  PROOF_REFUSED: {
    kind: 'refused',
    message: 'This does not prove a payment: it is not signed by the payment provider.',
    fix: "Send the fields of the provider's form as they came; the payment is also found without them, a little later.",
  },
  REQUEST_ID_TAKEN: {
    kind: 'conflict',
    message: 'The requestId was used for another request.',
    fix: 'Use a new one for each new request.',
  },
  REFUND_REFUSED: {
    kind: 'refused',
    message:
      'So much cannot be given back: it is more than is left, nothing was paid, or the provider gives nothing back.',
    fix: 'See the payment for what is left of it.',
  },
  FEE_NOT_FOUND: {
    kind: 'not-found',
    message: 'There is no such performance fee, or it is not yours.',
    fix: 'List your performance fees and use an id from there.',
  },
  FEE_NOT_OPEN: {
    kind: 'conflict',
    message: 'This performance fee is paid, or nothing is due.',
    fix: 'List your performance fees and pay those that are open.',
  },
  CREDIT_NOTE_NOT_FOUND: {
    kind: 'not-found',
    message: 'There is no such credit note, or it is not yours.',
    fix: 'List your credit notes and use an id from there.',
  },
  INVOICE_NOT_FOUND: {
    kind: 'not-found',
    message: 'There is no such invoice, or it is not yours.',
    fix: 'List your invoices and use an id from there.',
  },
  TAX_RATE_TWICE: {
    kind: 'invalid',
    message: 'A country stands twice.',
    fix: 'Give each country one rate.',
  },
  PAYOUT_NOT_FOUND: {
    kind: 'not-found',
    message: 'There is no such payout.',
    fix: 'List the payouts and use an id from there.',
  },
  PAYOUT_SETTLED: {
    kind: 'conflict',
    message: 'The payout was settled another way already.',
    fix: 'See the payout; one that came back is over, and what it held is owed again.',
  },
  STATEMENT_TOO_LONG: {
    kind: 'refused',
    message: 'The statement would have too many lines.',
    fix: 'Ask for a shorter time.',
  },
  PRODUCT_NOT_FOUND: {
    kind: 'not-found',
    message: 'One of the products is not on sale.',
    fix: 'List the products and use ids from there.',
  },
  PURCHASE_INVALID: {
    kind: 'refused',
    message:
      'Products of one purchase must have one currency, and what is left to pay must be something, and not too much.',
    fix: 'Buy them apart, or leave the discount out.',
  },
  DISCOUNT_NOT_FOUND: {
    kind: 'refused',
    message: 'There is no such discount, or it has ended.',
    fix: 'Leave the code out, or ask for one that is valid.',
  },
})
