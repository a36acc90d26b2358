import { postAlert } from '@tradewire/chaos/kit/alert-sender'
import { beforeAll, describe, expect, it } from 'vitest'
import { ApiUser } from '../system/api-user.ts'
import { realSystem } from '../system/real-system.ts'

interface Made {
  readonly id: string
  readonly secret: string
}

const system = realSystem({ processes: false })
const overlapSeconds = 600
let operator: ApiUser

beforeAll(() =>
  system.watched(async () => {
    operator = await ApiUser.logIn(gateway(), system.endpoints.operator ?? { username: '', password: '' })
  }),
)

function gateway(): string {
  return system.endpoints.gateway ?? ''
}

/** 200 where the secret is the strategy's. */
async function statusOf({ id, secret }: Made): Promise<number> {
  const prices = { orderPrice: 19_300, stop: 18_900, stopType: 'Market', takeProfit: 19_900 }
  const extra = { trailingTrigger: 'NaN', callbackRate: 'NaN', winRate: '60' }
  return (await postAlert(gateway(), { strategy: id, secret, type: 'buy', ...prices, ...extra })).status
}

describe('the secret of a strategy', () => {
  it.each(['/v1/strategies', '/v1/admin/setting/strategy'])(
    'is shown when it is made, and a new one by %s leaves the old one for as long as was asked',
    async (surface) => {
      const first = await operator.does<Made>('POST', '/v1/strategies', {
        name: 'Breakout',
        venue: 'binance-usdm',
        symbol: 'BTC/USDT',
      })
      expect(await statusOf(first)).toBe(200)
      const rotate = (body: object) => operator.does<Made>('POST', `${surface}/${first.id}/secret`, body)
      const second = await rotate({ overlapSeconds })
      expect(second.secret).not.toBe(first.secret)
      expect([await statusOf(first), await statusOf(second)]).toEqual([200, 200])
      const third = await rotate({ overlapSeconds: 0 })
      const all = [await statusOf(first), await statusOf(second), await statusOf(third)]
      expect(all).toEqual([401, 401, 200])
      expect(JSON.stringify(await operator.gets(`/v1/strategies/${first.id}`))).not.toContain(third.secret)
    },
  )
})
