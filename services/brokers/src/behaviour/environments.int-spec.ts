import 'reflect-metadata'
import type { BrokerSession, VenueInstrument } from '@tradewire/broker-kit/broker-session'
import type { AccountEnvironment, Venue } from '@tradewire/contracts/common'
import type { DataOf } from '@tradewire/contracts/define-event'
import { readMessage } from '@tradewire/contracts/event-message'
import { instrumentChanged, rateUpdated } from '@tradewire/contracts/events/brokers'
import { Database } from '@tradewire/database/database'
import { Clock } from '@tradewire/kernel/clock'
import { ok } from '@tradewire/kernel/result'
import { createLogger } from '@tradewire/observability/logger'
import { startTestService, type TestService } from '@tradewire/testkit/start-test-service'
import { testBackends } from '@tradewire/testkit/test-backends'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { Brokers } from '../ports/brokers.port.ts'
import { Instruments } from '../ports/instruments.port.ts'
import type { AccountSession, Sessions } from '../ports/sessions.port.ts'
import { brokersService } from '../service.ts'
import { AgreeInstruments } from '../use-cases/agree-instruments/agree-instruments.use-case.ts'
import { AnnounceInstruments } from '../use-cases/announce-instruments/announce-instruments.use-case.ts'
import { AnnounceRates } from '../use-cases/announce-rates/announce-rates.use-case.ts'
import { RefreshInstruments } from '../use-cases/refresh-instruments/refresh-instruments.use-case.ts'

const backends = testBackends()
const logger = createLogger({ service: 'brokers', level: 'silent' })
const bitcoin: VenueInstrument = {
  symbol: 'BTC/USDT',
  kind: 'perpetual',
  base: 'BTC',
  quote: 'USDT',
  active: true,
  priceStep: '0.1',
  quantityStep: '0.001',
  minimumQuantity: '0.001',
  maximumQuantity: '1000',
  minimumNotional: '5',
  contractSize: '1',
}
const steps = { live: '0.001', paper: '0.01' } as const
const prices = { live: '1.25', paper: '2.5' } as const
const both: readonly AccountEnvironment[] = ['live', 'paper']

let service: TestService
let agree: AgreeInstruments
let refresh: RefreshInstruments
let rates: AnnounceRates
let opened: readonly AccountSession[] = []
const sessions = { all: () => opened } as unknown as Sessions

beforeAll(async () => {
  const settings = { BROKERS_MASTER_KEY: `v1:${Buffer.alloc(32, 7).toString('base64')}` }
  service = await startTestService(brokersService, backends, { settings })
  const { app } = service
  const [brokers, database, instruments, clock] = [app.get(Brokers), db(), app.get(Instruments), app.get(Clock)]
  agree = new AgreeInstruments(brokers, database, instruments, clock)
  const announce = new AnnounceInstruments(brokers, database, instruments, clock, logger)
  refresh = new RefreshInstruments(sessions, announce, agree, logger)
  rates = new AnnounceRates(database, sessions, clock, logger)
})
beforeEach(() => db().query('truncate instrument, outbox'))

function db(): Database {
  return service.app.get(Database)
}

/** What a venue says in one environment; the server is asked for only where each has a list of its own. */
function sessionIn(venue: Venue, environment: AccountEnvironment): AccountSession {
  const session: Partial<BrokerSession> = {
    health: () => ({ streaming: true }) as ReturnType<BrokerSession['health']>,
    server: () => Promise.resolve(ok(`${environment}-1`)),
    instruments: () => Promise.resolve(ok([{ ...bitcoin, quantityStep: steps[environment] }])),
    rates: () => Promise.resolve(ok([{ symbol: 'EUR/USDT', price: prices[environment] }])),
  }
  const definition = service.app.get(Brokers).of(venue)
  return { account: { venue, environment }, definition, session } as unknown as AccountSession
}

async function told<Event extends typeof instrumentChanged | typeof rateUpdated>(
  contract: Event,
): Promise<DataOf<Event>[]> {
  const rows = await db().query<{ body: string }>('select body from outbox where subject = $1', [contract.name])
  return rows.flatMap(({ body }) => readMessage(body).events.map(({ data }) => data as DataOf<Event>))
}

async function stored(): Promise<string[]> {
  const rows = await db().query<{ environment: string; step: string }>(
    `select environment, details ->> 'quantityStep' as step from instrument order by environment`,
  )
  return rows.map(({ environment, step }) => `${environment} ${step}`)
}

describe('accounts of one venue, some live and some on paper', () => {
  it.each(['binance-usdm', 'metaapi'] as const)(
    'have the terms of %s read and told for each environment',
    async (venue) => {
      opened = both.map((environment) => sessionIn(venue, environment))
      await refresh.execute()
      const terms = (await told(instrumentChanged)).map((each) => [each.environment, each.quantityStep] as const)
      expect(Object.fromEntries(terms)).toEqual(steps)
      expect(await stored()).toEqual(['live 0.001', 'paper 0.01'])
    },
  )

  it('are let in where their own servers agree, whatever those of the other environment list', async () => {
    for (const environment of both) {
      const { account, session } = sessionIn('metaapi', environment)
      expect(await agree.execute(account, session)).toMatchObject({ ok: true })
    }
    const { session } = sessionIn('metaapi', 'paper')
    const other = { ...session, server: () => Promise.resolve(ok('Other-1')) } as BrokerSession
    expect(await agree.execute({ venue: 'metaapi', environment: 'live' }, other)).toMatchObject({
      error: { code: 'ACCOUNT_INSTRUMENTS_DIFFER' },
    })
    expect(await stored()).toEqual(['live 0.001', 'paper 0.01'])
  })

  it('forget servers nobody is on any more in their own environment alone', async () => {
    for (const environment of both) {
      const { account, session } = sessionIn('metaapi', environment)
      await agree.execute(account, session)
    }
    await db().query(`update instrument set seen_at = now() - interval '2 hours'`)
    const { session } = sessionIn('metaapi', 'paper')
    const other = { ...session, server: () => Promise.resolve(ok('Other-1')) } as BrokerSession
    expect(await agree.execute({ venue: 'metaapi', environment: 'live' }, other)).toMatchObject({ ok: true })
    expect(await stored()).toEqual(['live 0.01', 'paper 0.01'])
  })

  it('have the rates of each told', async () => {
    opened = both.map((environment) => sessionIn('binance-usdm', environment))
    await rates.execute()
    const found = (await told(rateUpdated)).map(({ environment, price }) => [environment, price] as const)
    expect(Object.fromEntries(found)).toEqual(prices)
  })
})
