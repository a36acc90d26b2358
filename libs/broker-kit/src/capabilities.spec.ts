import { describe, expect, it } from 'vitest'
import { orderSubmit } from '@tradewire/contracts/events/orders'
import { approveOrder, isConditional, isExit } from './approved-order.ts'
import { type BrokerCapabilities, refusalOf } from './capabilities.ts'

const capabilities: BrokerCapabilities = {
  orderTypes: ['market', 'limit'],
  reduceOnly: true,
  trailing: false,
  leverage: { max: 20, told: false },
  hedging: false,
  positions: 'net',
  targets: true,
  clientId: {
    field: 'clientOrderId',
    lengthMax: 36,
    characters: 'base36',
    uniqueness: 'forever',
    queryable: true,
    readLagMs: 2_000,
  },
  streams: { orders: true, balances: true },
  feeInReply: true,
  keyTold: [],
  instrumentsPer: 'venue',
}
const command = orderSubmit.data.parse(orderSubmit.example)

function approved(part: object) {
  const result = approveOrder({ ...command, ...part }, 'id')
  if (!result.ok) throw new Error(result.error.message)
  return result.value
}

describe('capabilities', () => {
  it('let a declared order pass and refuse an undeclared one before the call', () => {
    expect(refusalOf(capabilities, approved({}))).toBeNull()
    expect(refusalOf(capabilities, approved({ type: 'stop-market', triggerPrice: '1' }))?.capability).toBe(
      'orderType:stop-market',
    )
    expect(refusalOf(capabilities, approved({ leverage: 50 }))?.capability).toBe('leverage')
  })
})

describe('an approved order', () => {
  it('has the prices of its type and no others', () => {
    expect(approveOrder({ ...command, type: 'limit', price: null }, 'id').ok).toBe(false)
    expect(approveOrder({ ...command, type: 'market', price: '1' }, 'id').ok).toBe(false)
    expect(approveOrder({ ...command, type: 'stop-market', triggerPrice: null }, 'id').ok).toBe(false)
    expect(approveOrder({ ...command, type: 'trailing-stop', callbackRatePercent: null }, 'id').ok).toBe(false)
    expect(
      approveOrder({ ...command, type: 'trailing-stop', callbackRatePercent: '2', triggerPrice: '9' }, 'id').ok,
    ).toBe(true)
  })

  it('tells exits and conditional types', () => {
    expect(isExit({ purpose: 'entry' })).toBe(false)
    expect(isExit({ purpose: 'stop' })).toBe(true)
    expect(isConditional('limit')).toBe(false)
    expect(isConditional('trailing-stop')).toBe(true)
  })
})
