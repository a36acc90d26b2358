/**
 * Venue `metaapi`: MetaTrader accounts through the cloud terminals of MetaApi, by plain REST. Called by the broker registry.
 * Must never place an exit that could open a position, nor use the vendor's own client library.
 */
import * as brokerError from '@tradewire/broker-kit/broker-error'
import { type BrokerDependencies, type BrokerEnvironment, defineBroker } from '@tradewire/broker-kit/define-broker'
import { idInWords, ticketCapabilities } from '@tradewire/broker-kit/kinds-of-venue'
import { err, ok } from '@tradewire/kernel/result'
import { z } from 'zod'
import { LevelSession } from '#clients/level-session.client'
import { MetaapiAccount, SymbolBooks } from './metaapi-account.client.ts'
import { MetaapiApi } from './metaapi-api.client.ts'
import { MetaapiDoors } from './metaapi-doors.client.ts'
import { MetaapiProvisioning } from './metaapi-provisioning.client.ts'
import { MetaapiReads } from './metaapi-reads.client.ts'
import { MetaapiVenue } from './metaapi-venue.client.ts'

const paperPollMs = 300
const livePollMs = 2_000

const books = new WeakMap<BrokerDependencies, Map<BrokerEnvironment, SymbolBooks>>()

function booksOf(dependencies: BrokerDependencies, environment: BrokerEnvironment): SymbolBooks {
  const known = books.get(dependencies) ?? new Map<BrokerEnvironment, SymbolBooks>()
  books.set(dependencies, known)
  const one = known.get(environment) ?? new SymbolBooks(dependencies.clock)
  known.set(environment, one)
  return one
}

const text = z.string().trim().min(1).max(128)

export const metaapiBroker = defineBroker({
  id: 'metaapi',
  title: 'MetaTrader through MetaApi',
  credentials: z
    .strictObject({
      token: z
        .string()
        .trim()
        .min(1)
        .max(8_192)
        .optional()
        .meta({ title: "MetaApi token, if not the platform's", secret: true }),
      accountId: text.optional().meta({ title: 'MetaApi account, if there is one' }),
      login: text.optional().meta({ title: 'Login at the broker' }),
      password: z.string().min(1).max(128).optional().meta({ title: 'Password at the broker', secret: true }),
      server: text.optional().meta({ title: 'Server of the broker' }),
      platform: z.enum(['mt5']).default('mt5').meta({ title: 'Platform' }),
    })
    .refine(
      // Who names an account behind the platform's token must prove that it is theirs.
      ({ token, accountId, login, password, server }) =>
        (token !== undefined && accountId !== undefined) || (login && password && server),
      { error: 'either the MetaApi account and its token or login, password and server', path: ['login'] },
    ),
  capabilities: {
    ...ticketCapabilities,
    clientId: idInWords('clientId', 26),
    // By asking: REST tells nothing by itself.
    streams: { orders: true, balances: false },
    instrumentsPer: 'server',
  },
  rateLimits: [{ name: 'trades', scope: 'account', capacity: 20, intervalMs: 1_000 }],
  readWeights: { order: 3, openOrders: 2, balances: 1, positions: 2, fills: 2, rates: 0 },
  paperReadLagMs: 2_500,
  async connect(credentials, { environment, dependencies }) {
    await Promise.resolve()
    const { accountId, login, password, server, platform } = credentials
    const { clock, randomness } = dependencies
    const shared = dependencies.platformTokens?.metaapi
    const token = credentials.token ?? (shared?.environment === environment ? shared.token : undefined)
    if (token === undefined) return err(brokerError.authFailed('neither the account nor the platform has a token'))
    const api = new MetaapiApi(token, clock)
    const doors = new MetaapiDoors(dependencies, environment)
    const account = { token, shared: credentials.token === undefined, accountId, login, password, server, platform }
    const provisioning = new MetaapiProvisioning(api, doors.provisioning(), clock, account)
    const parts = { api, doors, provisioning, books: booksOf(dependencies, environment), clock }
    const everyMs = environment === 'paper' ? paperPollMs : livePollMs
    const poll = { clock, randomness, everyMs }
    const terminal = new MetaapiAccount(parts)
    return ok(new LevelSession(new MetaapiVenue(terminal), new MetaapiReads(terminal, poll)))
  },
})
