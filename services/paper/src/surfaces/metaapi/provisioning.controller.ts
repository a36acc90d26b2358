/**
 * Provisioning: which broker accounts a token's owner has cloud terminals for, and their state.
 * Called by the server. Must never show a password, nor make two accounts for one transaction.
 */
import { createHash, timingSafeEqual } from 'node:crypto'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { z } from 'zod'
import { terminalServers } from '#domain/accounts/account-keys'
import { isConnected, stateAt, type CloudAccount } from '#domain/accounts/cloud-account'
import type { CloudAccountChanged } from '#domain/records'
import type { Account } from '#domain/state'
import { answered, noContent, parse, type Answer, type Endpoint, type UserCall } from './endpoint.wire.ts'
import { metaapiError, type MetaapiError } from './metaapi-error.wire.ts'
import { venueName } from './token.wire.ts'

export const brokerName = 'Tradewire Ltd'
const transactionCharacters = 32
const detectionsMax = 10_000
const secondMs = 1_000
const pageMax = 1_000
const mt5 = 5
const base = '/users/current/accounts'

const text = z.string().min(1).max(256)
const newAccount = z.strictObject({
  name: text,
  server: text,
  magic: z.int().min(0),
  login: text.optional(),
  password: text.optional(),
  platform: z.enum(['mt4', 'mt5']).optional(),
  type: z.enum(['cloud-g1', 'cloud-g2']).optional(),
  region: z.string().max(64).optional(),
  reliability: z.enum(['regular', 'high']).optional(),
  keywords: z.array(text).optional(),
  tags: z.array(text).optional(),
  metadata: z.record(z.string(), z.unknown()).optional(),
  manualTrades: z.boolean().optional(),
  slippage: z.number().min(0).optional(),
  baseCurrency: z.string().length(3).optional(),
  resourceSlots: z.int().min(1).optional(),
  quoteStreamingIntervalInSeconds: z.number().min(0).optional(),
  provisioningProfileId: text.optional(),
})
type NewAccount = z.output<typeof newAccount>

const accountChange = z.strictObject({
  name: text,
  server: text,
  password: text.optional(),
  magic: z.int().min(0).optional(),
  tags: z.array(text).optional(),
  metadata: z.record(z.string(), z.unknown()).optional(),
  manualTrades: z.boolean().optional(),
  slippage: z.number().min(0).optional(),
})

const listQuery = z.object({
  offset: z.coerce.number().int().min(0).default(0),
  limit: z.coerce.number().int().min(1).max(pageMax).default(pageMax),
  query: z.string().max(256).optional(),
  state: z.string().max(64).optional(),
  connectionStatus: z.string().max(64).optional(),
  region: z.string().max(64).optional(),
})

export function provisioningEndpoints(): readonly Endpoint[] {
  const detections = new Map<string, number>()
  const change = (what: 'deploy' | 'undeploy' | 'delete') => (call: UserCall) => changed(call, { change: what })
  return [
    { method: 'GET', path: base, cost: 1, access: 'user', answer: list },
    { method: 'POST', path: base, cost: 1, access: 'user', answer: (call) => create(call, detections) },
    { method: 'GET', path: `${base}/:accountId`, cost: 1, access: 'user', answer: read },
    { method: 'PUT', path: `${base}/:accountId`, cost: 1, access: 'user', answer: update },
    { method: 'DELETE', path: `${base}/:accountId`, cost: 1, access: 'user', answer: change('delete') },
    { method: 'POST', path: `${base}/:accountId/deploy`, cost: 1, access: 'user', answer: change('deploy') },
    { method: 'POST', path: `${base}/:accountId/undeploy`, cost: 1, access: 'user', answer: change('undeploy') },
    { method: 'POST', path: `${base}/:accountId/redeploy`, cost: 1, access: 'user', answer: change('deploy') },
  ]
}

function create(call: UserCall, detections: Map<string, number>): Answer {
  const transactionId = call.headers['transaction-id']
  if (typeof transactionId !== 'string' || transactionId.length !== transactionCharacters) {
    return err(metaapiError('ValidationError', 'The transaction-id header must have 32 characters'))
  }
  const parsed = parse(newAccount, call.body)
  if (!parsed.ok) return parsed
  const { venue, owner, delays, now } = call
  const mine = [...venue.state.cloudAccounts.values()].filter(({ ownerId }) => ownerId === owner.id)
  const known = mine.find((one) => one.transactionId === transactionId)
  if (known !== undefined) return created(known)
  const since = detections.get(transactionId)
  if (delays.detectionMs > 0 && (since === undefined || now < since + delays.detectionMs)) {
    if (since === undefined) detections.set(transactionId, now)
    const [oldest] = detections.keys()
    if (detections.size > detectionsMax && oldest !== undefined) detections.delete(oldest)
    return detecting(delays.detectionMs)
  }
  const account = brokerAccountOf(call, parsed.value)
  if (!account.ok) return account
  const cloudId = idOf(owner.id, transactionId)
  const { name, magic, server, region = 'new-york', metadata = {} } = parsed.value
  const ids = { cloudId, ownerId: owner.id, accountId: account.value.id, transactionId }
  const terms = { ...ids, region, magic, name, server, metadata }
  venue.execute((session) => session.emit({ kind: 'cloud-account-added', ...terms, at: session.now }))
  return created(venue.state.cloudAccounts.get(cloudId)!)
}

/** The venue says so of every account that it makes; how far its terminal is must be asked for. */
function created(cloud: CloudAccount): Answer {
  return ok({ status: 201, body: { id: cloud.id, state: 'DEPLOYED' } })
}

function detecting(detectionMs: number): Answer {
  const message = 'Automatic broker settings detection is in progress, please retry in some seconds'
  const headers = { 'retry-after': String(Math.max(1, Math.ceil(detectionMs / secondMs))) }
  return ok({ status: 202, headers, body: { message } })
}

/** The account at the broker that login and password open. */
function brokerAccountOf({ venue }: UserCall, request: NewAccount): Result<Account, MetaapiError> {
  if (!terminalServers.includes(request.server) || request.platform === 'mt4') {
    const details = { code: 'E_SRV_NOT_FOUND', serversByBrokers: { [brokerName]: terminalServers } }
    return err(metaapiError('ValidationError', `The server file for server ${request.server} was not found`, details))
  }
  const account = venue.state.accountsByKey.get(request.login ?? '')
  const given = Buffer.from(request.password ?? '')
  const wanted = Buffer.from(account?.secret ?? '')
  const opens = account?.venue === venueName && given.length === wanted.length && timingSafeEqual(given, wanted)
  if (opens) return ok(account)
  return err(metaapiError('ValidationError', 'Failed to authenticate at the broker with these credentials', 'E_AUTH'))
}

/** A UUID of what it stands for: the same transaction of the same owner has the same account. */
function idOf(ownerId: string, transactionId: string): string {
  const hex = createHash('sha256').update(`${ownerId} ${transactionId}`).digest('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    '-',
  )
}

function owned({ venue, owner, parameters }: UserCall): Result<CloudAccount, MetaapiError> {
  const id = parameters['accountId'] ?? ''
  const cloud = venue.state.cloudAccounts.get(id)
  if (cloud?.ownerId === owner.id) return ok(cloud)
  return err(metaapiError('NotFoundError', `Trading account with id ${id} not found`))
}

function read(call: UserCall): Answer {
  const cloud = owned(call)
  return cloud.ok ? answered(viewOf(call, cloud.value)) : cloud
}

function update(call: UserCall): Answer {
  const parsed = parse(accountChange, call.body)
  return parsed.ok ? changed(call, { change: 'rename', name: parsed.value.name }) : parsed
}

function changed(call: UserCall, change: Pick<CloudAccountChanged, 'change' | 'name'>): Answer {
  const cloud = owned(call)
  if (!cloud.ok) return cloud
  const cloudId = cloud.value.id
  call.venue.execute((session) => session.emit({ kind: 'cloud-account-changed', cloudId, ...change, at: session.now }))
  return noContent
}

function list(call: UserCall): Answer {
  const parsed = parse(listQuery, call.query)
  if (!parsed.ok) return parsed
  const { offset, limit, query, state, connectionStatus, region } = parsed.value
  const all = [...call.venue.state.cloudAccounts.values()]
    .filter(({ ownerId }) => ownerId === call.owner.id)
    .map((cloud) => viewOf(call, cloud))
    .filter((view) => query === undefined || `${view.name} ${view.login} ${view.server} ${view._id}`.includes(query))
    .filter((view) => state === undefined || view.state === state)
    .filter((view) => connectionStatus === undefined || view.connectionStatus === connectionStatus)
    .filter((view) => region === undefined || view.region === region)
  const items = all.slice(offset, offset + limit)
  return answered(call.headers['api-version'] === '2' ? { count: all.length, items } : items)
}

function viewOf({ venue, now, delays }: UserCall, cloud: CloudAccount) {
  const account = venue.state.accounts.get(cloud.accountId)
  return {
    _id: cloud.id,
    name: cloud.name,
    type: 'cloud-g2',
    login: account?.apiKey ?? '',
    server: cloud.server,
    version: mt5,
    region: cloud.region,
    magic: cloud.magic,
    state: stateAt(cloud, now, delays.deploymentMs),
    connectionStatus: isConnected(cloud, now, delays.deploymentMs) ? 'CONNECTED' : 'DISCONNECTED',
    reliability: 'regular',
    tags: [],
    metadata: cloud.metadata,
    resourceSlots: 1,
    copyFactoryRoles: [],
    baseCurrency: account?.currency ?? 'USD',
    manualTrades: false,
    quoteStreamingIntervalInSeconds: 2.5,
    primaryReplica: true,
    userId: cloud.ownerId.replaceAll('-', ''),
    createdAt: new Date(cloud.createdAt).toISOString(),
    connections: [],
    accountReplicas: [],
    metastatsApiEnabled: false,
    riskManagementApiEnabled: false,
  }
}
