import { decimal, sum, ZERO } from '@tradewire/kernel/decimal'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Story } from '../../testing/bracket-story.ts'
import { splitOverTargets } from './targets.ts'

const prices = ['101', '102', '103', '104'].map(decimal)

function split(quantity: string, count: number, minimum = '0.001', quantityStep = '0.001') {
  const rules = { quantityStep: decimal(quantityStep), minimumAt: () => decimal(minimum) }
  const { parts, merged } = splitOverTargets(decimal(quantity), prices.slice(0, count), rules)
  return { parts: parts.map((part) => part.quantity.toString()), merged }
}

describe('the split over targets', () => {
  it('gives steps left over to the targets nearest the entry, one each', () => {
    expect(split('0.007', 4).parts).toEqual(['0.002', '0.002', '0.002', '0.001'])
    expect(split('0.009', 3).parts).toEqual(['0.003', '0.003', '0.003'])
    expect(split('0.673', 3).parts).toEqual(['0.225', '0.224', '0.224'])
  })

  it('merges a part that is too small into its neighbour nearer the entry, and records it', () => {
    expect(split('0.007', 4, '0.002')).toEqual({ parts: ['0.002', '0.002', '0.003', '0'], merged: [[4, 3]] })
    expect(split('0.005', 4, '0.002')).toEqual({
      parts: ['0.003', '0', '0.002', '0'],
      merged: [
        [4, 3],
        [2, 1],
      ],
    })
    expect(split('0.001', 4)).toEqual({ parts: ['0.001', '0', '0', '0'], merged: [] })
  })

  it('merges the nearest part, where its price makes it too small, into the next one that has something', () => {
    const quantity = (minimums: readonly string[]) => {
      const minimumAt = (price: (typeof prices)[number]) => decimal(minimums[prices.indexOf(price)]!)
      const rules = { quantityStep: decimal('0.001'), minimumAt }
      const { parts, merged } = splitOverTargets(decimal('0.006'), prices.slice(0, 3), rules)
      return { parts: parts.map((part) => part.quantity.toString()), merged }
    }
    expect(quantity(['0.003', '0.002', '0.002'])).toEqual({ parts: ['0', '0.004', '0.002'], merged: [[1, 2]] })
    // The second one went to it before, and both are too small together.
    expect(quantity(['0.005', '0.003', '0.002'])).toEqual({
      parts: ['0', '0', '0.006'],
      merged: [
        [2, 1],
        [1, 3],
      ],
    })
  })

  it('leaves all with one target when nothing can be split', () => {
    expect(split('0.003', 4, '0.003').parts).toEqual(['0.003', '0', '0', '0'])
  })

  it('adds up to the quantity, keeps whole steps and no part below the minimum, whatever comes', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 100_000 }),
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 30 }),
        fc.constantFrom('1', '0.001', '0.25', '100'),
        (steps, count, minimumSteps, stepText) => {
          const step = decimal(stepText)
          const quantity = step.times(String(steps))
          const minimum = step.times(String(minimumSteps))
          const rules = { quantityStep: step, minimumAt: () => minimum }
          const parts = splitOverTargets(quantity, prices.slice(0, count), rules).parts.map((part) => part.quantity)
          expect(sum(parts).eq(quantity)).toBe(true)
          for (const part of parts) expect(part.mod(step).eq(ZERO)).toBe(true)
          if (quantity.gte(minimum)) for (const part of parts) expect(part.eq(ZERO) || part.gte(minimum)).toBe(true)
        },
      ),
    )
  })
})

describe('a stop that is filled in part', () => {
  it('takes back, the farthest first, what targets promise beyond what is left', () => {
    const story = new Story().opened()
    const part = { filled: '0.6', price: '39600', final: false, atMs: 500 }
    expect(story.tell('stop-1', 'filled', part)).toEqual(['-target-2', '-target-3'])
    expect(story.tell('stop-1', 'filled', { filled: '0.9', price: '39600', atMs: 520 })).toContain('-target-1')
  })
})
