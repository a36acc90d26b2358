import { describe, expect, it } from 'vitest'
import { type ConsumerProgress, confirmedSequenceOf } from './confirmed-sequence.ts'

const idle: ConsumerProgress = { pending: 0, unacknowledged: 0, deliveredSequence: 40, floorSequence: 40 }

function progress(...entries: [string, Partial<ConsumerProgress>][]): Map<string, ConsumerProgress> {
  return new Map(entries.map(([name, part]) => [name, { ...idle, ...part }]))
}

describe('the confirmed sequence', () => {
  it('is the end of the stream when every consumer is done, also those with few messages', () => {
    expect(
      confirmedSequenceOf(100, ['a', 'b'], progress(['a', {}], ['b', { deliveredSequence: 0, floorSequence: 0 }])),
    ).toBe(100)
  })

  it('is the lowest floor while messages are out', () => {
    const all = progress(['a', { unacknowledged: 1, floorSequence: 17, deliveredSequence: 60 }], ['b', {}])
    expect(confirmedSequenceOf(100, ['a', 'b'], all)).toBe(17)
  })

  it('is what was delivered while more is waiting', () => {
    expect(confirmedSequenceOf(100, ['a'], progress(['a', { pending: 5 }]))).toBe(40)
  })

  it('is nothing without consumers, and nothing while a known one is missing', () => {
    expect(confirmedSequenceOf(100, [], new Map())).toBe(0)
    expect(confirmedSequenceOf(100, ['a', 'gone'], progress(['a', {}]))).toBe(0)
  })
})
