/** Settings of `billing`. Called at start and by the configuration page. Must never hold a secret's default. */
import { paymentPagePath } from '@tradewire/contracts/http/billing'
import { defineConfig, type ConfigOf } from '@tradewire/config/define-config'
import { decimal } from '@tradewire/kernel/decimal'
import { z } from 'zod'
import type { BillRules } from './domain/bills/bill-factory.ts'
import type { FeeRules } from './domain/fees/fee-factory.ts'
import type { PayoutRules } from './domain/books/payout-factory.ts'
import type { ReminderRules } from './domain/subscriptions/reminder.ts'
import { providerCodes } from './domain/payments/provider-code.ts'

const hourMs = 3_600_000
const dayMs = 24 * hourMs

export const billingConfig = defineConfig(
  'billing',
  z
    .object({
      httpPort: z
        .number()
        .int()
        .min(0)
        .max(65_535)
        .default(7_408)
        .describe('Port that deliveries of payment providers come in by; 0 takes any'),
      providers: z
        .array(z.enum(providerCodes))
        .default([])
        .describe('Payment providers that are switched on, comma separated; `mock` lets everybody pay without money'),
      publicUrl: z
        .url({ protocol: /^https?$/ })
        .default('http://127.0.0.1:7408')
        .describe('Where payers and providers reach the API from outside'),
      ownerSharePercent: z
        .string()
        .regex(/^(100|\d{1,2}(\.\d{1,4})?)$/)
        .default('80')
        .describe('What the one who offers a strategy gets of its subscriptions, in percent'),
      performanceFeeMinimum: z
        .string()
        .regex(/^\d{1,6}$/)
        .default('1')
        .describe('Performance fees below this are put off to the next period; in whole units of their currency'),
      sellerName: z.string().min(1).max(120).default('Tradewire').describe('Who sells, as invoices name it'),
      sellerAddress: z
        .array(z.string())
        .default([])
        .describe('The address of the seller on invoices; its lines, comma separated'),
      sellerTaxId: z.string().min(1).max(40).optional().describe('The tax number of the seller on invoices'),
      payoutMinimum: z
        .string()
        .regex(/^\d{1,6}$/)
        .default('50')
        .describe('What an owner of strategies must be owed to be paid out; in whole units of each currency'),
      payoutHoldDays: z
        .number()
        .int()
        .min(0)
        .max(180)
        .default(14)
        .describe('How long what an owner earned waits before it is paid out, because payers may want it back'),
      graceDays: z
        .number()
        .int()
        .min(0)
        .max(60)
        .default(7)
        .describe('How long a subscription goes on after its paid time while its payment is tried again'),
      reminderDays: z
        .array(z.coerce.number().int().min(0).max(60))
        .min(1)
        .default([0, 3, 5])
        .describe('How many days after something is owed its payer is reminded, ascending, comma separated'),
      renewLeadDays: z
        .number()
        .int()
        .min(0)
        .max(28)
        .default(3)
        .describe(
          'How long before the end of its paid time a user is asked to pay the next, where providers do not charge',
        ),
      firstPaymentWithinHours: z
        .number()
        .int()
        .min(1)
        .max(720)
        .default(24)
        .describe('How long the first payment of a subscription may take'),
      stripeApiUrl: z
        .url({ protocol: /^https?$/ })
        .default('https://api.stripe.com')
        .describe('Where Stripe answers; a simulator in tests'),
      stripeSecretKey: z.string().min(8).optional().meta({
        description: 'Secret key of the Stripe account; needed when `stripe` is switched on',
        secret: true,
      }),
      stripeWebhookSecrets: z.array(z.string().min(8)).default([]).meta({
        description: 'Signing secrets of the webhook endpoint at Stripe, comma separated while one is rotated',
        secret: true,
      }),
      razorpayApiUrl: z
        .url({ protocol: /^https?$/ })
        .default('https://api.razorpay.com/v1')
        .describe('Where Razorpay answers; a simulator in tests'),
      razorpayKeyId: z.string().min(8).optional().describe('Key id of the Razorpay account; its form shows it'),
      razorpayKeySecret: z.string().min(8).optional().meta({
        description: 'Key secret of the Razorpay account; needed when `razorpay` is switched on',
        secret: true,
      }),
      razorpayWebhookSecrets: z.array(z.string().min(8)).default([]).meta({
        description: 'Secrets of the webhook at Razorpay, comma separated while one is rotated',
        secret: true,
      }),
      mayarApiUrl: z
        .url({ protocol: /^https?$/ })
        .default('https://api.mayar.id/hl/v1')
        .describe('Where Mayar answers; a simulator in tests'),
      mayarApiKey: z.string().min(8).optional().meta({
        description: 'API key of the Mayar account; needed when `mayar` is switched on',
        secret: true,
      }),
      mayarPathToken: z.string().min(24).optional().meta({
        description: 'Unguessable end of the address that Mayar delivers to; without it no delivery is taken',
        secret: true,
      }),
      mayarTokenHeader: z
        .string()
        .min(1)
        .optional()
        .describe('Header in which Mayar sends the webhook token, if it does'),
      mayarWebhookToken: z.string().min(8).optional().meta({
        description: 'The webhook token of the Mayar dashboard, compared when the header is named',
        secret: true,
      }),
      pullIntervalMs: z
        .number()
        .int()
        .min(1_000)
        .max(86_400_000)
        .default(hourMs)
        .describe('How often providers are asked for what their deliveries may have failed to tell'),
    })
    .refine(({ providers, stripeSecretKey }) => !providers.includes('stripe') || stripeSecretKey !== undefined, {
      path: ['stripeSecretKey'],
      error: 'is needed when stripe is switched on',
    })
    .refine(
      ({ providers, razorpayKeyId: id, razorpayKeySecret: secret }) =>
        !providers.includes('razorpay') || (id !== undefined && secret !== undefined),
      { path: ['razorpayKeySecret'], error: 'is needed, with razorpayKeyId, when razorpay is switched on' },
    )
    .refine(({ providers, mayarApiKey }) => !providers.includes('mayar') || mayarApiKey !== undefined, {
      path: ['mayarApiKey'],
      error: 'is needed when mayar is switched on',
    }),
)
export type BillingConfig = ConfigOf<typeof billingConfig>

/** Where a payer comes back to from a provider's page. */
export function returnUrlOf({ publicUrl }: Pick<BillingConfig, 'publicUrl'>, paymentId: string): string {
  return `${publicUrl.replace(/\/$/, '')}${paymentPagePath}/returned/${paymentId}`
}

export function feeRulesOf({
  ownerSharePercent,
  performanceFeeMinimum,
}: Pick<BillingConfig, 'ownerSharePercent' | 'performanceFeeMinimum'>): FeeRules {
  return { ownerSharePercent: decimal(ownerSharePercent), minimum: performanceFeeMinimum }
}

/** A service that is about to end is warned of a day before. */
export function reminderRulesOf({ reminderDays }: Pick<BillingConfig, 'reminderDays'>): ReminderRules {
  return { afterMs: reminderDays.map((days) => days * dayMs), warnMs: dayMs }
}

export function payoutRulesOf({
  payoutMinimum,
  payoutHoldDays,
}: Pick<BillingConfig, 'payoutMinimum' | 'payoutHoldDays'>): PayoutRules {
  return { minimum: payoutMinimum, holdMs: payoutHoldDays * dayMs }
}

export function billRulesOf({
  graceDays,
  renewLeadDays,
  firstPaymentWithinHours,
}: Pick<BillingConfig, 'graceDays' | 'renewLeadDays' | 'firstPaymentWithinHours'>): BillRules {
  return {
    graceMs: graceDays * dayMs,
    renewLeadMs: renewLeadDays * dayMs,
    firstPaymentWithinMs: firstPaymentWithinHours * hourMs,
  }
}
