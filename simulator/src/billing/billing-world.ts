/**
 * The real billing service on a real PostgreSQL, a simulated Stripe over sockets, and one virtual clock for both.
 * Called by the simulation and by tests of its parts. Must never leave a server or a folder behind.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startPostgres } from '@tradewire/backends/start-postgres'
import { billingService } from '@tradewire/billing/service'
import { BillingJob } from '@tradewire/billing/transport/cron/billing.job'
import { Database } from '@tradewire/database/database'
import { roleUrl, runMigrations } from '@tradewire/database/migrations'
import { startService, type RunningService } from '@tradewire/nest-kit/start-service'
import { createLogger } from '@tradewire/observability/logger'
import type { StripeBooks } from '@tradewire/paper/surfaces/stripe/stripe-books.wire'
import { StripeServer } from '@tradewire/paper/surfaces/stripe/stripe.controller'
import Fastify from 'fastify'
import { SettableClock } from './settable-clock.ts'

const password = 'of-the-simulation'
/** Nothing listens there: the simulation asks use cases and needs no bus. */
const nowhere = 'nats://127.0.0.1:9'
export const webhookSecret = 'whsec_of_the_simulation'

export interface BillingWorld {
  readonly clock: SettableClock
  readonly billing: RunningService
  readonly database: Database
  readonly books: StripeBooks
  stop(): Promise<void>
}

export async function startBillingWorld(startsAt: Date): Promise<BillingWorld> {
  const works: (() => Promise<unknown>)[] = []
  const stop = async (): Promise<void> => {
    for (const work of works.splice(0).toReversed()) await work()
  }
  try {
    const directory = await mkdtemp(join(tmpdir(), 'tradewire-billing-'))
    works.push(() => rm(directory, { recursive: true, force: true }))
    const postgres = await startPostgres({ directory, logFile: join(directory, 'postgres.log') })
    works.push(() => postgres.stop())
    const clock = new SettableClock(startsAt)
    const stripe = new StripeServer(clock)
    const http = Fastify()
    await stripe.register(http, () => true)
    const stripeUrl = await http.listen({ host: '127.0.0.1', port: 0 })
    works.push(() => http.close())
    const billing = await startBilling(postgres.url, stripeUrl, clock)
    works.push(() => billing.stop())
    return { clock, billing, database: billing.app.get(Database), books: stripe.books, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

async function startBilling(adminUrl: string, stripeUrl: string, clock: SettableClock): Promise<RunningService> {
  const { schema, migrations } = billingService.database!
  await runMigrations({ adminUrl, service: 'billing', schema, role: schema, password, migrations })
  const environment = {
    NATS_URL: nowhere,
    LOG_LEVEL: 'silent',
    TRADEWIRE_ENVIRONMENT: 'test',
    BILLING_HTTP_PORT: '0',
    BILLING_DATABASE_URL: roleUrl(adminUrl, schema, password),
    BILLING_PROVIDERS: 'stripe,mock',
    BILLING_STRIPE_API_URL: stripeUrl,
    BILLING_STRIPE_SECRET_KEY: 'sk_test_simulation',
    BILLING_STRIPE_WEBHOOK_SECRETS: webhookSecret,
  }
  const logger = createLogger({ service: 'billing', level: 'silent' })
  const billing = await startService(billingService, environment, { clock, logger })
  // The simulation says when work is done: on timers of its own the same seed would not make the same days.
  await billing.app.get(BillingJob).onApplicationShutdown()
  return billing
}
