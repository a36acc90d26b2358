import 'reflect-metadata'
import { entitlementChanged } from '@tradewire/contracts/events/billing'
import { Database } from '@tradewire/database/database'
import { UuidV7Source } from '@tradewire/kernel/ids'
import { eventually } from '@tradewire/testkit/eventually'
import { exampleOf } from '@tradewire/testkit/example-of'
import { startTestService, type TestService } from '@tradewire/testkit/start-test-service'
import { testBackends } from '@tradewire/testkit/test-backends'
import { beforeAll, describe, expect, it } from 'vitest'
import { brokersService } from '../service.ts'
import { Accounts } from '../ports/accounts.port.ts'
import type { Allowance } from '../ports/allowances.port.ts'

const backends = testBackends()
const ids = new UuidV7Source()
const userId = ids.next()
const stranger = ids.next()
const connectedAt = new Date('2026-01-15T08:00:00.000Z')

let service: TestService

beforeAll(async () => {
  const settings = { BROKERS_MASTER_KEY: `v1:${Buffer.alloc(32, 7).toString('base64')}` }
  service = await startTestService(brokersService, backends, { settings })
})

async function tell(revision: number, maxApiKeys: number, endsAt: string | null = null): Promise<void> {
  const told = exampleOf(entitlementChanged, { userId, plan: 'STARTER', maxApiKeys, endsAt, revision })
  await service.app.get(Database).transact(async (tx) => tx.append(entitlementChanged, told))
  await eventually(
    async () => {
      const known = 'select 1 from brokers.account_allowance where user_id = $1 and revision >= $2'
      return (await backends.query(known, [userId, revision])).length === 1
    },
    { describe: 'the plan is known' },
  )
}

async function connect(owner: string): Promise<Allowance | undefined> {
  const account = {
    userId: owner,
    venue: 'paper' as const,
    environment: 'paper' as const,
    label: '',
    keyHint: null,
    key: { ipBound: null, expiresAt: null },
    status: 'AUTHORIZED' as const,
    reason: null,
    createdAt: connectedAt,
    changedAt: connectedAt,
  }
  const stored = await service.app.get(Accounts).connect(account, { apiKey: ids.next() })
  return stored.ok ? undefined : stored.error
}

const connected = async (owner: string) =>
  (await backends.query('select 1 from brokers.account where user_id = $1 and removed_at is null', [owner])).length

describe('the accounts that a plan allows', () => {
  it('are counted also when many are connected at once, and are without number where no plan was told', async () => {
    await tell(1, 3)
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => connect(userId)))
    expect(outcomes.filter((usedUp) => usedUp === undefined)).toHaveLength(3)
    expect(outcomes.find((usedUp) => usedUp !== undefined)).toEqual({ plan: 'STARTER', accountsMax: 3, accounts: 3 })
    expect(await connected(userId)).toBe(3)
    for (let number = 0; number < 5; number += 1) expect(await connect(stranger)).toBeUndefined()
  })

  it('are given free by removing one, raised by a larger plan, and none once the plan has ended', async () => {
    await backends.query(
      'update brokers.account set removed_at = now() where id = (select id from brokers.account where user_id = $1 limit 1)',
      [userId],
    )
    expect(await connect(userId)).toBeUndefined()
    expect(await connect(userId)).toMatchObject({ accountsMax: 3 })
    await tell(2, 4)
    await tell(1, 50)
    expect(await connect(userId)).toBeUndefined()
    expect(await connect(userId)).toMatchObject({ accountsMax: 4 })
    await tell(3, 50, '2026-01-15T08:00:00.000Z')
    expect(await connect(userId)).toMatchObject({ accountsMax: 0 })
    expect(await connected(userId)).toBe(4)
  })
})
