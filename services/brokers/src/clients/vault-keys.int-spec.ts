import { randomBytes } from 'node:crypto'
import { RpcClient } from '@tradewire/bus/rpc-client'
import { getCredentialsKey, rotateCredentialsKeys } from '@tradewire/contracts/rpc/credentials'
import { Database } from '@tradewire/database/database'
import { UuidV7Source } from '@tradewire/kernel/ids'
import { startTestService, type TestService } from '@tradewire/testkit/start-test-service'
import { testBackends } from '@tradewire/testkit/test-backends'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Accounts } from '#ports/accounts.port'
import { MasterKeysUnavailable } from '#ports/master-keys.port'
import { brokersService } from '../service.ts'
import { connected, operator, secretsOf } from '../testing/sealed-accounts.ts'
import { VaultTransit } from '../testing/vault-transit.ts'
import { VaultKeys } from './vault-keys.client.ts'

const backends = testBackends()
const ids = new UuidV7Source()
let vault: VaultTransit

beforeAll(async () => {
  vault = await VaultTransit.start()
})
afterAll(() => vault.stop())

function startWithVault(): Promise<TestService> {
  return startTestService(brokersService, backends, {
    settings: {
      BROKERS_KEY_PROVIDER: 'vault',
      BROKERS_VAULT_URL: vault.url,
      BROKERS_VAULT_TOKEN: vault.token,
      BROKERS_VAULT_KEY: 'accounts',
    },
  })
}

describe('master keys in Vault', () => {
  it('open what was sealed after a restart, wait while Vault is sealed, and are rotated by the same command', async () => {
    const first = await startWithVault()
    const all = [await connected(first, 'one'), await connected(first, 'two')]
    await first.app.get(RpcClient).ask(getCredentialsKey, {})
    await first.stop()

    vault.sealed = true
    const second = await startWithVault()
    const accounts = second.app.get(Accounts)
    await expect(accounts.unseal(all)).rejects.toThrow(MasterKeysUnavailable)
    expect(await accounts.unsealOne(all[0] ?? '')).toBe('keys-unavailable')
    const refused = await second.app.get(RpcClient).ask(rotateCredentialsKeys, { caller: operator })
    expect(refused).toMatchObject({ ok: false, error: { code: 'MASTER_KEYS_UNAVAILABLE', kind: 'unavailable' } })
    vault.sealed = false
    expect(await secretsOf(second, all)).toEqual(['one', 'two'])

    vault.rotate()
    const rotated = await second.app.get(RpcClient).ask(rotateCredentialsKeys, { caller: operator })
    expect(rotated).toMatchObject({
      ok: true,
      value: { newestVersion: 2, rewrapped: 3, inUse: [{ version: 2, sealed: 3 }] },
    })
    expect(await secretsOf(second, all)).toEqual(['one', 'two'])
  })

  it('leave only the account without credentials whose data key was swapped', async () => {
    const service = await startWithVault()
    const [mine, other, third] = [
      await connected(service, 'mine'),
      await connected(service, 'other'),
      await connected(service, 'third'),
    ]
    await service.app.get(Database).query(
      `update account_secret s set data_key = o.data_key, fields = o.fields
       from account_secret o where s.account_id = $1 and o.account_id = $2`,
      [mine, other],
    )
    expect(await secretsOf(service, [mine, other, third])).toEqual([undefined, 'other', 'third'])
  })
})

describe('the client of Vault', () => {
  const owners = Array.from({ length: 1_000 }, () => ({ userId: ids.next(), subject: ids.next() }))

  it('seals and opens a thousand data keys with two questions each', async () => {
    const keys = new VaultKeys({ url: vault.url, token: vault.token, key: 'accounts' })
    const plain = owners.map((owner) => ({ owner, dataKey: randomBytes(32) }))
    vault.batches.length = 0
    const wrapped = await keys.wrap(plain)
    const opened = await keys.unwrap(wrapped.map((each, index) => ({ ...each, owner: owners[index] ?? operatorOwner })))
    expect(opened).toEqual(plain.map(({ dataKey }) => dataKey))
    expect(vault.batches).toEqual([500, 500, 500, 500])
    const [swapped, own] = await keys.unwrap([
      { ...wrapped[0]!, owner: owners[1]! },
      { ...wrapped[1]!, owner: owners[1]! },
    ])
    expect(swapped).toBeNull()
    expect(own).toEqual(plain[1]?.dataKey)
    await keys.close()
  })

  it('tells a refused token and a silent Vault as out of reach, without the token in the message', async () => {
    const refused = new VaultKeys({ url: vault.url, token: 'hvs.not-this-one', key: 'accounts' })
    const silent = new VaultKeys({ url: 'http://127.0.0.1:9', token: 'hvs.not-this-one', key: 'accounts' })
    for (const keys of [refused, silent]) {
      const failure = await keys.newestVersion().catch((error: unknown) => error)
      expect(failure).toBeInstanceOf(MasterKeysUnavailable)
      expect(String(failure)).not.toContain('hvs.')
      await keys.close()
    }
  })
})

const operatorOwner = { userId: 'nobody', subject: 'nothing' }
