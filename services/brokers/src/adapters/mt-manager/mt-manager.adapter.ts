/**
 * Venue `mt-manager`: MT4 accounts through their broker's manager WebAPI, over plain HTTP. Called by the broker registry.
 * Must never place an exit that could open a position, nor trade MT5, which the protocol only reads.
 */
import { defineBroker } from '@tradewire/broker-kit/define-broker'
import { idInWords, ticketCapabilities } from '@tradewire/broker-kit/kinds-of-venue'
import { ok } from '@tradewire/kernel/result'
import { z } from 'zod'
import { LevelSession } from '#clients/level-session.client'
import { doorOf } from '#clients/venue-doors.client'
import { MtManagerAccount } from './mt-manager-account.client.ts'
import { MtManagerApi } from './mt-manager-api.client.ts'
import { MtManagerReads } from './mt-manager-reads.client.ts'
import { MtManagerToken } from './mt-manager-token.client.ts'
import { MtManagerVenue } from './mt-manager-venue.client.ts'

const paperPath = '/mt-manager'
const live = { api: 'https://cloud.mywebapi.com', authority: 'https://auth.cplugin.net' }
const paperPollMs = 300
const livePollMs = 2_000

export const mtManagerBroker = defineBroker({
  id: 'mt-manager',
  title: 'MetaTrader 4 through its manager WebAPI',
  credentials: z.strictObject({
    clientId: z.string().trim().min(1).max(256).meta({ title: 'Client id of the WebAPI' }),
    clientSecret: z.string().min(1).max(512).meta({ title: 'Client secret of the WebAPI', secret: true }),
    tradePlatform: z.guid().meta({ title: 'Id of the trade platform' }),
    login: z
      .string()
      .trim()
      .regex(/^[1-9]\d{0,9}$/, { error: 'must be the number of the account' })
      .meta({ title: 'Login of the account' }),
  }),
  capabilities: {
    ...ticketCapabilities,
    // The field has 31 characters, of which the venue takes four for the level that was reached.
    clientId: idInWords('comment', 27),
    // By asking: the news of the protocol are no plain HTTP.
    streams: { orders: true, balances: false },
    instrumentsPer: 'server',
  },
  rateLimits: [{ name: 'calls', scope: 'account', capacity: 20, intervalMs: 1_000 }],
  readWeights: { order: 3, openOrders: 1, balances: 1, positions: 1, fills: 2, rates: 0 },
  paperReadLagMs: 2_500,
  async connect({ clientId, clientSecret, tradePlatform, login }, { environment, dependencies }) {
    await Promise.resolve()
    const { clock, randomness, paperUrl } = dependencies
    const paper = `${paperUrl}${paperPath}`
    const hosts = environment === 'paper' ? { api: paper, authority: paper } : live
    const token = MtManagerToken.of(dependencies, hosts.authority, { id: clientId, secret: clientSecret })
    const api = new MtManagerApi(doorOf(dependencies, hosts.api), token)
    const account = new MtManagerAccount({ api, clock, platform: tradePlatform, login })
    const everyMs = environment === 'paper' ? paperPollMs : livePollMs
    const poll = { clock, randomness, everyMs }
    return ok(new LevelSession(new MtManagerVenue(account, randomness), new MtManagerReads(account, poll)))
  },
})
