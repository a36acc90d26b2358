/** Public routes to the books of `billing` and to the documents that follow from them. Called by the gateway and the OpenAPI page. Must never hold behaviour. */
import { everyone } from '../caller.ts'
import { idIn, pageQuery } from '../common.ts'
import { defineRoute, type RouteContract } from '../define-route.ts'
import { listBalances } from '../rpc/billing/books.ts'
import { getCreditNoteFile, listCreditNotes } from '../rpc/billing/credit-notes.ts'
import { getInvoiceFile, listInvoices } from '../rpc/billing/invoices.ts'

export const bookRoutes: readonly RouteContract[] = [
  defineRoute({
    operation: 'listInvoices',
    tag: 'Billing',
    method: 'GET',
    path: '/v1/invoices',
    summary: 'List invoices',
    access: everyone,
    query: pageQuery,
    rpc: listInvoices,
    toRequest: ({ caller, query }) => ({ caller, page: query }),
  }),
  defineRoute({
    operation: 'getInvoiceFile',
    tag: 'Billing',
    method: 'GET',
    path: '/v1/invoices/{invoiceId}.pdf',
    summary: 'Get an invoice as PDF',
    access: everyone,
    params: idIn('invoice'),
    file: 'application/pdf',
    rpc: getInvoiceFile,
    toRequest: ({ caller, params }) => ({ caller, ...params }),
  }),
  defineRoute({
    operation: 'listCreditNotes',
    tag: 'Billing',
    method: 'GET',
    path: '/v1/credit-notes',
    summary: 'List credit notes: what was given back of invoices',
    access: everyone,
    query: pageQuery,
    rpc: listCreditNotes,
    toRequest: ({ caller, query }) => ({ caller, page: query }),
  }),
  defineRoute({
    operation: 'getCreditNoteFile',
    tag: 'Billing',
    method: 'GET',
    path: '/v1/credit-notes/{creditNoteId}.pdf',
    summary: 'Get a credit note as PDF',
    access: everyone,
    params: idIn('creditNote'),
    file: 'application/pdf',
    rpc: getCreditNoteFile,
    toRequest: ({ caller, params }) => ({ caller, ...params }),
  }),
  defineRoute({
    operation: 'listBalances',
    tag: 'Billing',
    method: 'GET',
    path: '/v1/books/balances',
    summary: 'List the balances of the books',
    access: ['operator'],
    rpc: listBalances,
    toRequest: ({ caller }) => ({ caller }),
  }),
]
