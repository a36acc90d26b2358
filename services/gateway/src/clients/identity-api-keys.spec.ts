import type { RpcClient } from '@tradewire/bus/rpc-client'
import type { Role } from '@tradewire/contracts/caller'
import { apiKeyStart } from '@tradewire/contracts/rpc/api-keys'
import { SystemClock } from '@tradewire/kernel/clock'
import { ok } from '@tradewire/kernel/result'
import { describe, expect, it } from 'vitest'
import { IdentityApiKeys } from './identity-api-keys.client.ts'

const userId = '01963a5e-0000-7000-8000-0000000000aa'
const key = { apiKeyId: '01963a5e-0000-7000-8000-0000000000bb', userId, scopes: ['read'], addresses: [] }

describe('API keys', () => {
  it('do not keep roles that were read before news of others came', async () => {
    const answers: Role[][] = [['operator'], ['follower']]
    const asked = Promise.withResolvers<void>()
    const news = Promise.withResolvers<void>()
    const ask = async () => {
      const roles = answers.shift()
      asked.resolve()
      await news.promise
      return ok({ ...key, roles, expiresAt: null })
    }
    const keys = new IdentityApiKeys({ ask } as unknown as RpcClient, new SystemClock())
    const first = keys.check(`${apiKeyStart}k`, '192.0.2.1')
    await asked.promise
    keys.forgetUser(userId)
    news.resolve()
    await first
    expect(await keys.check(`${apiKeyStart}k`, '192.0.2.1')).toMatchObject({
      value: { caller: { roles: ['follower'] } },
    })
  })
})
