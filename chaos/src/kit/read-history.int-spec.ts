import { loadService } from '@tradewire/launcher/services/catalogue'
import { migrateForTest } from '@tradewire/testkit/start-test-service'
import { testBackends } from '@tradewire/testkit/test-backends'
import { Client } from 'pg'
import { expect, it } from 'vitest'
import { dumpOf } from './read-history.ts'

const backends = testBackends({ nats: false })

it('reads the tables of every service whose rows are judged', async () => {
  for (const name of ['signals', 'orders', 'brokers', 'webhooks'] as const)
    await migrateForTest(await loadService(name), backends)
  const client = new Client({ connectionString: backends.adminUrl })
  await client.connect()
  try {
    const rows = Object.values(await dumpOf(client))
    expect(rows.flat()).toEqual([])
  } finally {
    await client.end()
  }
})
