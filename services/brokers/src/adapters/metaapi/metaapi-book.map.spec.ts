import { describe, expect, it } from 'vitest'
import { LevelExits } from '#domain/positions/level-exits'
import { partIdOf } from '#domain/positions/part-ids'
import { MetaapiBook } from './metaapi-book.map.ts'
import { type DealRecord, dealRecord, type OrderRecord, orderRecord } from './metaapi-records.wire.ts'

const id = 'a'.repeat(25)
const symbol = 'EUR/USD'

function order(part: number, state: string): OrderRecord {
  const clientId = partIdOf(id, part, 2)
  const record = { id: `${part}`, type: 'ORDER_TYPE_BUY', state, symbol: 'EURUSD', volume: '0.1', currentVolume: '0' }
  return orderRecord.parse({ ...record, clientId })
}

function deal(part: number): DealRecord {
  const record = {
    id: `7${part}`,
    type: 'DEAL_TYPE_BUY',
    time: '2022-09-09T01:57:36.304Z',
    volume: '0.1',
    price: '1.085',
  }
  return dealRecord.parse({ ...record, clientId: partIdOf(id, part, 2), orderId: `${part}`, positionId: `${part}` })
}

describe('an order of two parts whose orders have ended', () => {
  it.each([
    { told: 'the deals of both', deals: [1, 2], states: ['FILLED', 'FILLED'], status: 'filled', filledQuantity: '0.2' },
    { told: 'the deal of one', deals: [1], states: ['FILLED', 'FILLED'], status: 'working', filledQuantity: '0.1' },
    { told: 'no deal', deals: [], states: ['FILLED', 'FILLED'], status: 'working', filledQuantity: '0' },
    { told: 'no deal', deals: [], states: ['CANCELED', 'CANCELED'], status: 'cancelled', filledQuantity: '0' },
    { told: 'the deal of one', deals: [1], states: ['FILLED', 'REJECTED'], status: 'rejected', filledQuantity: '0.1' },
  ])('$states, with $told told, is $status', ({ deals, states, status, filledQuantity }) => {
    const book = new MetaapiBook(new LevelExits())
    book.addEnded(states.map((state, index) => order(index + 1, `ORDER_STATE_${state}`)))
    book.addDeals(deals.map(deal))
    expect(book.order(id, symbol)).toMatchObject({ status, filledQuantity })
  })
})
