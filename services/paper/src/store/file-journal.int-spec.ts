import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { amount } from '#domain/amount'
import type { VenueRecord } from '#domain/records'
import { FileJournal } from '#store/file-journal.store'
import { decodeRecords, encodeRecords } from '#store/record.mapper'

let directory: string
const file = () => join(directory, 'venue.ndjson')
const marked = (orderId: number): VenueRecord => ({ kind: 'activated', orderId, price: amount('42000.1') })

function replayed(): VenueRecord[][] {
  const journal = new FileJournal(directory)
  const commands: VenueRecord[][] = []
  journal.replay((records) => commands.push([...records]))
  journal.close()
  return commands
}

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'paper-journal-'))
})

afterEach(() => rmSync(directory, { recursive: true }))

describe('the journal', () => {
  it('holds everything that was settled before the promise resolves', async () => {
    const journal = new FileJournal(directory)
    journal.replay(() => undefined)
    for (let index = 0; index < 20; index += 1) {
      journal.append([marked(index)])
      await journal.settled()
      expect(readFileSync(file(), 'utf8').trimEnd().split('\n').at(-1)).toBe(encodeRecords([marked(index)]))
    }
    journal.close()
  })

  it('writes the commands of one turn together and tells its listeners after the write', async () => {
    const journal = new FileJournal(directory)
    journal.replay(() => undefined)
    const sizes: number[] = []
    journal.onSettled(() => sizes.push(statSync(file()).size))
    const before = statSync(file()).size
    for (let index = 0; index < 5; index += 1) journal.append([marked(index)])
    expect(statSync(file()).size).toBe(before)
    await journal.settled()
    expect(sizes).toEqual([statSync(file()).size])
    journal.close()
  })

  it('comes back with whole commands only, wherever a crash cut it off, and goes on from there', async () => {
    const commands = [[marked(1), marked(2)], [marked(3)], [marked(4), marked(5), marked(6)]]
    const journal = new FileJournal(directory)
    journal.replay(() => undefined)
    for (const records of commands) journal.append(records)
    await journal.settled()
    journal.close()
    const whole = readFileSync(file())
    const firstLine = whole.indexOf(10) + 1
    for (let length = firstLine; length <= whole.length; length += 1) {
      writeFileSync(file(), whole.subarray(0, length))
      const kept = whole.subarray(firstLine, length).filter((byte) => byte === 10).length
      expect(replayed()).toEqual(commands.slice(0, kept))
      const after = new FileJournal(directory)
      after.replay(() => undefined)
      after.append([marked(9)])
      await after.settled()
      after.close()
      expect(replayed()).toEqual([...commands.slice(0, kept), [marked(9)]])
    }
  })

  it('refuses a damaged line in the middle, and a file that is no journal', () => {
    const journal = new FileJournal(directory)
    journal.replay(() => undefined)
    journal.close()
    appendFileSync(file(), 'garbage\n[]\n')
    expect(() => replayed()).toThrow(/damaged at line 2/)
    writeFileSync(file(), 'something else\n')
    expect(() => replayed()).toThrow(/not a journal/)
  })

  it('can be read by its owner only: it holds secrets', () => {
    new FileJournal(directory).close()
    expect(statSync(file()).mode & 0o077).toBe(0)
  })
})

describe('record text', () => {
  const anyAmount = fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n })
  const text = fc.string({ maxLength: 12 })
  const records: fc.Arbitrary<VenueRecord> = fc.oneof(
    fc.record({
      kind: fc.constant('filled' as const),
      orderId: fc.nat(),
      tradeId: fc.nat(),
      price: anyAmount,
      quantity: anyAmount,
      fee: anyAmount,
      feeCurrency: text,
      realizedPnl: anyAmount,
      maker: fc.boolean(),
      at: fc.nat(),
    }),
    fc.record({
      kind: fc.constant('market-changed' as const),
      venue: fc.constantFrom('binance-spot' as const, 'paper' as const),
      symbol: text,
      settings: fc.record({
        spreadPoints: anyAmount,
        slippagePoints: anyAmount,
        liquidity: fc.option(anyAmount),
        makerFeeRate: anyAmount,
        takerFeeRate: anyAmount,
      }),
    }),
    fc.record({
      kind: fc.constant('account-created' as const),
      accountId: text,
      venue: fc.constantFrom('binance-usdm' as const),
      label: text,
      currency: text,
      apiKey: text,
      secret: text,
      balances: fc.array(fc.record({ asset: text, total: anyAmount })),
      at: fc.nat(),
    }),
    fc.record({
      kind: fc.constant('price' as const),
      venue: fc.constantFrom('paper' as const),
      symbol: text,
      at: fc.nat(),
      open: anyAmount,
      high: anyAmount,
      low: anyAmount,
      close: anyAmount,
      bid: anyAmount,
      ask: anyAmount,
    }),
  )

  it('reads back as it was, line breaks in labels included', () => {
    fc.assert(
      fc.property(fc.array(records, { maxLength: 5 }), (list) => {
        const line = encodeRecords(list)
        expect(line).not.toContain('\n')
        expect(decodeRecords(line)).toEqual(list)
      }),
    )
  })
})
