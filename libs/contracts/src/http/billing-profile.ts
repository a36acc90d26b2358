/** Public routes of billing profiles and taxes. Called by the gateway and the OpenAPI page. Must never hold behaviour. */
import { z } from 'zod'
import { everyone } from '../caller.ts'
import { defineRoute, type RouteContract } from '../define-route.ts'
import * as rpc from '../rpc/billing/profile.ts'

const tag = 'Billing'
const operators = ['operator'] as const

export const billingProfileRoutes: readonly RouteContract[] = [
  defineRoute({
    operation: 'getBillingProfile',
    tag,
    method: 'GET',
    path: '/v1/billing-profile',
    summary: 'Get whom your invoices are made out to',
    access: everyone,
    rpc: rpc.getBillingProfile,
    toRequest: ({ caller }) => ({ caller }),
  }),
  defineRoute({
    operation: 'setBillingProfile',
    tag,
    method: 'PUT',
    path: '/v1/billing-profile',
    summary: 'Say whom your invoices are made out to',
    access: everyone,
    body: rpc.billingProfile,
    example: {
      body: { name: 'Anna Example', address: ['Beispielweg 1', '10115 Berlin'], country: 'DE', taxId: null },
    },
    rpc: rpc.setBillingProfile,
    toRequest: ({ caller, body }) => ({ caller, profile: body }),
  }),
  defineRoute({
    operation: 'listTaxRates',
    tag,
    method: 'GET',
    path: '/v1/tax-rates',
    summary: 'List the tax of each country',
    access: everyone,
    rpc: rpc.listTaxRates,
    toRequest: ({ caller }) => ({ caller }),
  }),
  defineRoute({
    operation: 'setTaxRates',
    tag,
    method: 'PUT',
    path: '/v1/tax-rates',
    summary: 'Say what taxes there are, all at once',
    access: operators,
    body: z.strictObject({ rates: rpc.setTaxRates.request.shape.rates }),
    example: { body: { rates: [{ country: 'DE', name: 'VAT', percent: '19', included: false }] } },
    rpc: rpc.setTaxRates,
    toRequest: ({ caller, body }) => ({ caller, ...body }),
  }),
]
