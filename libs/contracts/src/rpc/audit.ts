/** Questions and commands about the audit log, which `identity` keeps. Called by the gateway. Must never offer a way to change it. */
import { z } from 'zod'
import { auditAct, auditEntry } from '../audit-chain.ts'
import { caller } from '../caller.ts'
import { pageOf, pageQuery } from '../common.ts'
import { nothing } from '../define-route.ts'
import { defineRpc } from '../define-rpc.ts'

export const recordAct = defineRpc({
  name: 'identity.audit.record',
  description: 'Adds an entry to the end of the audit log.',
  request: auditAct,
  reply: nothing,
  deadlineMs: 2_000,
})

export const auditFilter = z.strictObject({
  userId: z.uuid().optional().meta({ description: 'Whose acts' }),
  operation: z.string().max(80).optional().meta({ description: 'Of this operation, as the API document names it' }),
  actId: z.uuid().optional().meta({ description: 'The two entries of one act' }),
})

export const listAudit = defineRpc({
  name: 'identity.audit.list',
  description: 'Entries of the audit log, oldest first.',
  request: z.strictObject({ caller, filter: auditFilter, page: pageQuery }),
  reply: pageOf(auditEntry),
})
