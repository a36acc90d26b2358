import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LevelExits } from '#domain/positions/level-exits'
import { MtManagerBook } from './mt-manager-book.map.ts'
import type { TradeRecord } from './mt-manager-records.wire.ts'

const id = 'a'.repeat(25)
const symbol = 'EUR/USD'
const trade: TradeRecord = {
  order: '1',
  login: '5',
  symbol: 'EURUSD',
  tradeCommand: 'Buy',
  volume: '1',
  tradeRecordState: 'OpenNormal',
  openPrice: '1.1',
  sl: null,
  tp: null,
  openTime: new Date(1_000),
  closeTime: new Date(0),
  closePrice: '0',
  commission: '0',
  storage: '0',
  profit: '0',
  comment: id,
  activationType: 'None',
}

/** One lot in hundredths, closed piece by piece: what is left has a new ticket each time. */
function pieces(cuts: readonly number[]): TradeRecord[] {
  let rest = 100
  const records: TradeRecord[] = []
  for (const [index, cut] of cuts.entries()) {
    rest -= cut
    const closed = { tradeRecordState: 'ClosedPart', closePrice: '1.2', closeTime: new Date(2_000) }
    records.push({ ...trade, ...closed, order: `${index + 1}`, volume: `${cut / 100}`, comment: `to #${index + 2}` })
  }
  const comment = cuts.length === 0 ? id : `from #${cuts.length}`
  return [...records, { ...trade, order: `${cuts.length + 1}`, volume: `${rest / 100}`, comment }]
}

describe('a position that is closed in parts', () => {
  it('stays the same entry, in whatever order its tickets are told and however often', () => {
    const cuts = fc.array(fc.integer({ min: 1, max: 15 }), { maxLength: 5 })
    const told = cuts.chain((each) => {
      const records = pieces(each)
      return fc.shuffledSubarray([...records, ...records], { minLength: records.length * 2 })
    })
    fc.assert(
      fc.property(told, (records) => {
        const book = new MtManagerBook(new LevelExits())
        book.learn(id, '1', symbol)
        for (const record of records) book.add(record)
        expect(book.entry(id, symbol)).toMatchObject({ status: 'filled', filledQuantity: '1', venueOrderId: '1' })
        const fills = book.fills({ name: 'EURUSD', symbol, currency: 'USD', since: new Date(0) })
        const bought = fills.filter(({ side }) => side === 'buy')
        expect(bought.map(({ quantity, clientOrderId }) => [quantity, clientOrderId])).toEqual([['1', id]])
      }),
      { numRuns: 200 },
    )
  })

  it('keeps its stop under the new ticket, and the stop is told as the one that closed the rest', () => {
    const exits = new LevelExits()
    const book = new MtManagerBook(exits)
    const stop = { kind: 'stop', symbol, price: '1.05', quantity: '0.6', positions: ['1'], cancelled: false } as const
    exits.add({ ...stop, clientOrderId: 'stop' })
    for (const record of pieces([40])) book.add({ ...record, sl: '1.05' })
    const exit = exits.find('stop')
    if (exit === undefined) throw new Error('the stop is forgotten')
    expect(book.protection(exit).status).toBe('working')
    const reached = { tradeRecordState: 'ClosedNormal', activationType: 'SL', closePrice: '1.049' }
    book.add({ ...trade, ...reached, order: '2', volume: '0.6', sl: '1.05', comment: 'from #1[sl]' })
    expect(book.protection(exit)).toMatchObject({ status: 'filled', filledQuantity: '0.6', averagePrice: '1.049' })
  })

  it('is not held a second time when the gateway, whose memory may be behind, tells it as it was', () => {
    const book = new MtManagerBook(new LevelExits())
    const [closed, rest] = pieces([40])
    for (const record of [trade, closed!, rest!]) book.add(record)
    for (const stale of [[trade], [trade, rest!]]) {
      book.replace(stale)
      expect(book.entry(id, symbol)).toMatchObject({ status: 'filled', filledQuantity: '1' })
      expect(book.positions().map(({ id: ticket, volume }) => [ticket, volume])).toEqual([['2', '0.6']])
    }
  })

  it('is never followed in a circle', () => {
    const book = new MtManagerBook(new LevelExits())
    book.add({ ...trade, order: '1', comment: 'from #2' })
    book.add({ ...trade, order: '2', comment: 'from #1' })
    expect(['1', '2']).toContain(book.firstOf('1'))
  })
})

describe('a trade', () => {
  const hourMs = 3_600_000
  const moved = ({ openTime, closeTime, ...record }: TradeRecord): TradeRecord => ({
    ...record,
    openTime: new Date(openTime.getTime() + hourMs),
    closeTime: new Date(closeTime.getTime() + hourMs),
  })
  const timesOf = (book: MtManagerBook) =>
    book.fills({ name: 'EURUSD', symbol, currency: 'USD', since: new Date(0) }).map(({ at }) => at.getTime())

  it('keeps the times that it was told with first, though its server has moved to another zone', () => {
    const book = new MtManagerBook(new LevelExits())
    const ended = { ...trade, tradeRecordState: 'ClosedNormal', closePrice: '1.2', closeTime: new Date(2_000) }
    for (const record of [trade, moved(trade), ended, moved(ended)]) book.add(record)
    expect(timesOf(book)).toEqual([1_000, 2_000])
  })

  it('is of the moment at which its pending order was filled', () => {
    const book = new MtManagerBook(new LevelExits())
    book.add({ ...trade, tradeCommand: 'BuyLimit' })
    book.add({ ...trade, openTime: new Date(3_000) })
    expect(timesOf(book)).toEqual([3_000])
  })
})
