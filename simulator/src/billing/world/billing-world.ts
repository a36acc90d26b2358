/**
 * The real billing service on a real PostgreSQL, simulated payment providers over sockets, and one virtual clock for all.
 * Called by the simulation. Must never leave a server, a process or a folder behind.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startPostgres } from '@tradewire/backends/start-postgres'
import { billingService } from '@tradewire/billing/service'
import { Database } from '@tradewire/database/database'
import { roleUrl, runMigrations } from '@tradewire/database/migrations'
import { UuidV7Source } from '@tradewire/kernel/ids'
import { MayarServer } from '@tradewire/paper/surfaces/mayar/mayar.controller'
import { RazorpayServer, simulatedKey } from '@tradewire/paper/surfaces/razorpay/razorpay.controller'
import { StripeServer } from '@tradewire/paper/surfaces/stripe/stripe.controller'
import { leash } from '@tradewire/testkit/leash'
import Fastify from 'fastify'
import { BillingChild } from './billing-child.ts'
import { type BillingCall, type BillingHost, startBillingHost } from './billing-host.ts'
import { SettableClock } from './settable-clock.ts'

const password = 'of-the-simulation'
/** Nothing listens there: the simulation asks use cases and needs no bus. */
const nowhere = 'nats://127.0.0.1:9'
const readersMax = 2
export const webhookSecret = 'whsec_of_the_simulation'
export const mayarPath = 'unguessable-in-a-simulation'

export interface BillingWorld {
  readonly clock: SettableClock
  readonly host: BillingHost
  /** To look only. */
  readonly database: Database
  readonly stripe: StripeServer['books']
  readonly razorpay: RazorpayServer['books']
  readonly mayar: MayarServer
  ask<Reply>(call: BillingCall): Promise<Reply>
  stop(): Promise<void>
}

/** `mortal`: billing runs in a process of its own, which can be killed. */
export async function startBillingWorld(startsAt: Date, mortal: boolean): Promise<BillingWorld> {
  const works: (() => Promise<unknown>)[] = []
  const stop = async (): Promise<void> => {
    for (const work of works.splice(0).toReversed()) await work()
  }
  try {
    const directory = await mkdtemp(join(tmpdir(), 'tradewire-billing-'))
    works.push(() => rm(directory, { recursive: true, force: true }))
    const postgres = await startPostgres({ directory, logFile: join(directory, 'postgres.log') })
    const unleash = leash(directory, postgres.pid)
    works.push(async () => {
      unleash()
      await postgres.stop()
    })
    const clock = new SettableClock(startsAt)
    const [stripe, razorpay, mayar] = [new StripeServer(clock), new RazorpayServer(clock), new MayarServer(clock)]
    const http = Fastify()
    for (const provider of [stripe, razorpay, mayar]) await provider.register(http, () => true)
    const providersUrl = await http.listen({ host: '127.0.0.1', port: 0 })
    works.push(() => http.close())
    const url = await migrated(postgres.url)
    const database = await lookingAt(url, clock)
    works.push(() => database.close())
    const environment = environmentOf(url, providersUrl)
    const host = mortal
      ? await BillingChild.start({ ...environment, BILLING_STARTS_AT: startsAt.toISOString() })
      : await startBillingHost(environment, startsAt)
    works.push(() => host.stop())
    const ask = <Reply>(call: BillingCall) => host.ask(clock.now().getTime(), call) as Promise<Reply>
    return { clock, host, database, stripe: stripe.books, razorpay: razorpay.books, mayar, ask, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

async function migrated(adminUrl: string): Promise<string> {
  const { schema, migrations } = billingService.database!
  await runMigrations({ adminUrl, service: 'billing', schema, role: schema, password, migrations })
  return roleUrl(adminUrl, schema, password)
}

function lookingAt(url: string, clock: SettableClock): Promise<Database> {
  const { schema } = billingService.database!
  const names = { schema, applicationName: 'tradewire-simulation' }
  return Database.connect({ url, ...names, poolMax: readersMax, clock, ids: new UuidV7Source() })
}

function environmentOf(databaseUrl: string, providersUrl: string): Record<string, string> {
  return {
    NATS_URL: nowhere,
    LOG_LEVEL: 'silent',
    TRADEWIRE_ENVIRONMENT: 'test',
    BILLING_HTTP_PORT: '0',
    BILLING_DATABASE_URL: databaseUrl,
    BILLING_PROVIDERS: 'stripe,razorpay,mayar,mock',
    BILLING_STRIPE_API_URL: providersUrl,
    BILLING_STRIPE_SECRET_KEY: 'sk_test_simulation',
    BILLING_STRIPE_WEBHOOK_SECRETS: webhookSecret,
    BILLING_RAZORPAY_API_URL: `${providersUrl}/razorpay/v1`,
    BILLING_RAZORPAY_KEY_ID: simulatedKey.id,
    BILLING_RAZORPAY_KEY_SECRET: simulatedKey.secret,
    BILLING_RAZORPAY_WEBHOOK_SECRETS: webhookSecret,
    BILLING_MAYAR_API_URL: `${providersUrl}/mayar/hl/v1`,
    BILLING_MAYAR_API_KEY: 'key-of-the-simulation',
    BILLING_MAYAR_PATH_TOKEN: mayarPath,
  }
}
