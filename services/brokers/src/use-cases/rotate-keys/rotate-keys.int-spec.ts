import { RpcClient } from '@tradewire/bus/rpc-client'
import { getCredentialsKey, rotateCredentialsKeys } from '@tradewire/contracts/rpc/credentials'
import { UuidV7Source } from '@tradewire/kernel/ids'
import { startTestService, type TestService } from '@tradewire/testkit/start-test-service'
import { testBackends } from '@tradewire/testkit/test-backends'
import { describe, expect, it } from 'vitest'
import { connected, operator, secretsOf } from '#testing/sealed-accounts'
import { brokersService } from '../../service.ts'

const backends = testBackends()
const ids = new UuidV7Source()
const keyOf = (version: number) => `v${version}:${Buffer.alloc(32, version).toString('base64')}`

function startWith(...versions: readonly number[]): Promise<TestService> {
  return startTestService(brokersService, backends, {
    settings: { BROKERS_MASTER_KEY: versions.map(keyOf).join(',') },
  })
}

async function openedBy(service: TestService, accountIds: readonly string[]): Promise<number> {
  return (await secretsOf(service, accountIds)).filter((secret) => secret === 'secret').length
}

describe('the rotation of the master key', () => {
  it('goes on while processes with the old key run, until the old key is of no use', async () => {
    const before = await startWith(1)
    const all = [await connected(before), await connected(before), await connected(before)]
    await before.app.get(RpcClient).ask(getCredentialsKey, {})
    const during = await startWith(1, 2)
    expect(await openedBy(during, all)).toBe(3)
    all.push(await connected(during))
    const rotated = await during.app.get(RpcClient).ask(rotateCredentialsKeys, { caller: operator })
    // Either process may answer; the one that knows the newer key is the one that was asked to be sure of.
    const last = rotated.ok && rotated.value.newestVersion === 2 ? rotated : null
    await before.stop()
    const again = last ?? (await during.app.get(RpcClient).ask(rotateCredentialsKeys, { caller: operator }))
    expect(again).toMatchObject({ ok: true, value: { newestVersion: 2, inUse: [{ version: 2, sealed: 5 }] } })
    await during.stop()
    const after = await startWith(2)
    expect(await openedBy(after, all)).toBe(4)
  })

  it('is for operators', async () => {
    const service = await startWith(2)
    const caller = { userId: ids.next(), roles: ['follower' as const] }
    const answer = await service.app.get(RpcClient).ask(rotateCredentialsKeys, { caller })
    expect(answer.ok ? null : answer.error.code).toBe('ACCOUNT_OWNER_FORBIDDEN')
  })
})
