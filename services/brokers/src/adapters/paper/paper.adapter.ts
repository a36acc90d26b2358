/**
 * Venue `paper`: the simulated perpetual market by its plain JSON protocol. Called by the broker registry.
 * Must never lean on the control API: a venue protocol is all that it may know.
 */
import type { BrokerDependencies } from '@tradewire/broker-kit/define-broker'
import { defineBroker } from '@tradewire/broker-kit/define-broker'
import { unsupported } from '@tradewire/broker-kit/broker-error'
import { perpetualCapabilities } from '@tradewire/broker-kit/kinds-of-venue'
import { err, ok } from '@tradewire/kernel/result'
import { z } from 'zod'
import { VenueHttp } from '#clients/venue-http.client'
import { directKeyOf } from './paper-direct.wire.ts'
import { PaperSession } from './paper-session.client.ts'

/** All accounts of a process share one pool of connections to the venue. */
const pools = new WeakMap<BrokerDependencies, VenueHttp>()

function poolOf(dependencies: BrokerDependencies): VenueHttp {
  const known = pools.get(dependencies)
  if (known !== undefined) return known
  const { paperUrl, connectionsMax, requestTimeoutMs } = dependencies
  const pool = new VenueHttp({ origin: new URL(paperUrl).origin, connectionsMax, requestTimeoutMs })
  pools.set(dependencies, pool)
  return pool
}

export const paperBroker = defineBroker({
  id: 'paper',
  title: 'Paper market',
  credentials: z.strictObject({
    apiKey: z.string().trim().min(1).max(200).meta({ title: 'API key' }),
    secret: z.string().trim().min(1).max(200).meta({ title: 'API secret', secret: true }),
  }),
  capabilities: {
    ...perpetualCapabilities,
    leverage: { max: 125, told: false },
    clientId: {
      field: 'clientOrderId',
      lengthMax: 64,
      characters: 'base36',
      uniqueness: 'forever',
      queryable: true,
      readLagMs: 2_000,
    },
    streams: { orders: true, balances: true },
    feeInReply: true,
    keyTold: [],
  },
  rateLimits: [],
  readWeights: { order: 1, openOrders: 1, balances: 1, positions: 1, fills: 1, rates: 1 },
  paperReadLagMs: 2_000,
  async connect(credentials, { environment, dependencies }) {
    await Promise.resolve()
    if (environment === 'live') return err(unsupported('environment:live', 'the paper market has no live side'))
    return ok(new PaperSession(poolOf(dependencies), directKeyOf(credentials), dependencies))
  },
})
