import { randomBytes } from 'node:crypto'
import { RpcClient } from '@tradewire/bus/rpc-client'
import { getCredentialsKey, rotateCredentialsKeys } from '@tradewire/contracts/rpc/credentials'
import { Database } from '@tradewire/database/database'
import { SystemClock } from '@tradewire/kernel/clock'
import { UuidV7Source } from '@tradewire/kernel/ids'
import { startTestService, type TestService } from '@tradewire/testkit/start-test-service'
import { testBackends } from '@tradewire/testkit/test-backends'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { Accounts } from '#ports/accounts.port'
import { MasterKeysUnavailable } from '#ports/master-keys.port'
import { brokersService } from '../service.ts'
import { KmsService } from '../testing/kms-service.ts'
import { connected, operator, secretsOf } from '../testing/sealed-accounts.ts'
import { KmsKeys, type KmsOptions } from './kms-keys.client.ts'

const backends = testBackends()
const ids = new UuidV7Source()
let kms: KmsService
let arn = ''

/** Another one for each part: services that still run go on asking the one that they were started with. */
async function startKms(): Promise<void> {
  const started = await KmsService.start(new SystemClock())
  backends.onStop(async () => started.stop())
  kms = started
  arn = kms.newKey()
}

beforeAll(startKms)
afterEach(() => {
  kms.failure = undefined
  kms.sessionToken = undefined
})

function startWithKms(...arns: readonly string[]): Promise<TestService> {
  return startTestService(brokersService, backends, {
    settings: {
      BROKERS_KEY_PROVIDER: 'aws-kms',
      BROKERS_KMS_URL: kms.url,
      BROKERS_KMS_REGION: kms.region,
      BROKERS_KMS_KEYS: arns.map((arn, index) => `v${index + 1}:${arn}`).join(','),
      BROKERS_KMS_ACCESS_KEY_ID: kms.key.accessKeyId,
      BROKERS_KMS_SECRET_ACCESS_KEY: kms.key.secretAccessKey,
    },
  })
}

function clientOf(changes: Partial<KmsOptions> = {}): KmsKeys {
  const { url, region, key, sessionToken } = kms
  return new KmsKeys({ url, region, sessionToken, clock: new SystemClock(), keys: `v1:${arn}`, ...key, ...changes })
}

describe('master keys in AWS KMS', () => {
  it('open what was sealed after a restart, wait while KMS is away, and are rotated by the same command', async () => {
    const [old, newer] = [kms.newKey(), kms.newKey()]
    const first = await startWithKms(old)
    const all = [await connected(first, 'one'), await connected(first, 'two')]
    await first.app.get(RpcClient).ask(getCredentialsKey, {})
    await first.stop()

    kms.failure = { status: 400, body: { __type: 'KMSInvalidStateException' } }
    const second = await startWithKms(old, newer)
    const accounts = second.app.get(Accounts)
    await expect(accounts.unseal(all)).rejects.toThrow(MasterKeysUnavailable)
    expect(await accounts.unsealOne(all[0] ?? '')).toBe('keys-unavailable')
    const refused = await second.app.get(RpcClient).ask(rotateCredentialsKeys, { caller: operator })
    expect(refused).toMatchObject({ ok: false, error: { code: 'MASTER_KEYS_UNAVAILABLE', kind: 'unavailable' } })
    kms.failure = undefined
    expect(await secretsOf(second, all)).toEqual(['one', 'two'])

    const rotated = await second.app.get(RpcClient).ask(rotateCredentialsKeys, { caller: operator })
    expect(rotated).toMatchObject({
      ok: true,
      value: { newestVersion: 2, rewrapped: 3, inUse: [{ version: 2, sealed: 3 }] },
    })
    expect(await secretsOf(second, all)).toEqual(['one', 'two'])
  })

  it('leave only the account without credentials whose data key was swapped', async () => {
    const service = await startWithKms(kms.newKey())
    const [mine, other] = [await connected(service, 'mine'), await connected(service, 'other')]
    await service.app.get(Database).query(
      `update account_secret s set data_key = o.data_key, fields = o.fields
       from account_secret o where s.account_id = $1 and o.account_id = $2`,
      [mine, other],
    )
    expect(await secretsOf(service, [mine, other])).toEqual([undefined, 'other'])
  })
})

describe('the client of KMS', () => {
  beforeAll(startKms)

  const owners = Array.from({ length: 200 }, () => ({ userId: ids.next(), subject: ids.next() }))
  const plain = owners.map((owner) => ({ owner, dataKey: randomBytes(32) }))

  it('seals and opens data keys in order, each bound to its account and to the key that sealed it', async () => {
    const keys = clientOf({ keys: `v1:${arn}\nv3:${kms.newKey()}` })
    const wrapped = await keys.wrap(plain)
    const opened = await keys.unwrap(wrapped.map((each, index) => ({ ...each, owner: owners[index]! })))
    expect(opened).toEqual(plain.map(({ dataKey }) => dataKey))
    const [first, second] = wrapped
    expect(first?.masterVersion).toBe(3)
    const swapped = await keys.unwrap([
      { ...first!, owner: owners[1]! },
      { ...first!, owner: owners[0]!, masterVersion: 1 },
      { ...first!, owner: owners[0]!, masterVersion: 2 },
      { ...first!, owner: owners[0]!, dataKey: Buffer.from('words') },
      { ...second!, owner: owners[1]! },
    ])
    expect(swapped).toEqual([null, null, null, null, plain[1]?.dataKey])
    await keys.close()
  })

  it('asks again after a moment where KMS has too much to do', async () => {
    const keys = clientOf()
    const [wrapped] = await keys.wrap(plain.slice(0, 1))
    kms.throttled = 2
    expect(await keys.unwrap([{ ...wrapped!, owner: owners[0]! }])).toEqual([plain[0]?.dataKey])
    kms.throttled = 3
    await expect(keys.unwrap([{ ...wrapped!, owner: owners[0]! }])).rejects.toThrow(
      'KMS answers 400 ThrottlingException',
    )
    await keys.close()
  })

  it('signs with the session token of temporary credentials', async () => {
    kms.sessionToken = 'token-of-a-role'
    const [wrapped] = await clientOf().wrap(plain.slice(0, 1))
    expect(wrapped?.masterVersion).toBe(1)
    await expect(clientOf({ sessionToken: undefined }).wrap(plain.slice(0, 1))).rejects.toThrow(MasterKeysUnavailable)
  })

  it('tells a refused key, a wrong clock and a silent KMS as out of reach, and no secret of its own', async () => {
    const secretAccessKey = 'not-this-one'
    const late = Object.assign(new SystemClock(), { now: () => new Date(Date.now() - 600_000) })
    const cases = [
      { secretAccessKey },
      { accessKeyId: 'AKIASOMEBODY', secretAccessKey },
      { clock: late },
      { url: 'http://127.0.0.1:9', secretAccessKey },
      { keys: `v1:arn:aws:kms:${kms.region}:111122223333:key/nowhere` },
    ]
    for (const changes of cases) {
      const keys = clientOf(changes)
      const failure = await keys.wrap(plain.slice(0, 1)).catch((error: unknown) => error)
      expect(failure).toBeInstanceOf(MasterKeysUnavailable)
      expect(String(failure)).not.toContain(secretAccessKey)
      expect(String(failure)).not.toContain(kms.key.secretAccessKey)
      await keys.close()
    }
  })

  it('takes answers that make no sense as out of reach, and asks nothing more after the first', async () => {
    const keys = clientOf()
    const bodies = [{}, [], { CiphertextBlob: 5 }, { CiphertextBlob: 'no base64!' }, { __type: 7 }]
    for (const body of bodies) {
      kms.failure = { status: 200, body }
      const before = kms.calls
      await expect(keys.wrap(plain)).rejects.toThrow(MasterKeysUnavailable)
      expect(kms.calls - before).toBeLessThan(plain.length)
    }
    await keys.close()
  })
})
