import { tradeOpened } from '@tradewire/contracts/events/orders'
import { numberOfId } from '@tradewire/kernel/ids'
import { describe, expect, it } from 'vitest'
import { payloadOf } from './payload.ts'

describe('the payload of a webhook', () => {
  it('has the fields and forms of the marketplace document', () => {
    const data = { ...tradeOpened.example, openPrice: '1.0945', takeProfits: ['1.0975', '1.1'] }
    const text = payloadOf({ name: tradeOpened.name, occurredAt: '2025-07-21T12:00:00.000Z', data })
    expect(JSON.parse(text)).toMatchObject({
      event: 'trade.opened',
      timestamp: '2025-07-21T12:00:00.000Z',
      data: {
        trade_id: data.tradeId,
        account_id: data.accountId,
        mt5_account_id: numberOfId(data.accountId),
        strategy_id: numberOfId(data.strategyId),
        strategy_uuid: data.strategyId,
        type: 'buy',
        volume: 0.673,
        open_price: 1.0945,
        take_profit: 1.0975,
      },
    })
  })

  it('keeps every digit of an amount', () => {
    const data = { realizedPnl: '-0.123456789012345678901' }
    const text = payloadOf({ name: 'trade.closed', occurredAt: '', data })
    expect(text).toContain('"realized_pnl":-0.123456789012345678901')
  })
})
