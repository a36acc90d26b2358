import { describe, expect, it } from 'vitest'
import { Slots } from './slots.ts'

describe('slots', () => {
  const [slotsMax, urgentMax] = [2, 3]

  function bench(): {
    begun: string[]
    ends: Map<string, () => void>
    start: (name: string, urgent?: boolean) => void
    hurry: (name: string) => void
  } {
    const slots = new Slots<string>(slotsMax, urgentMax)
    const begun: string[] = []
    const ends = new Map<string, () => void>()
    const start = (name: string, urgent = false): void => {
      const work = (): Promise<void> => {
        begun.push(name)
        return new Promise((resolve) => ends.set(name, resolve))
      }
      void slots.run(name, work, urgent)
    }
    return { begun, ends, start, hurry: (name) => slots.hurry(name) }
  }

  async function end(ends: Map<string, () => void>, name: string): Promise<void> {
    ends.get(name)!()
    await new Promise(setImmediate)
  }

  it('begins the urgent one in line before those who came earlier', async () => {
    const { begun, ends, start } = bench()
    for (const name of ['a', 'b', 'c']) start(name)
    for (const name of ['d', 'e']) start(name, true)
    expect(begun).toEqual(['a', 'b', 'd'])
    await end(ends, 'a')
    expect(begun).toEqual(['a', 'b', 'd', 'e'])
  })

  it('gives the slots that only urgent ones may take to nobody else', async () => {
    const { begun, ends, start } = bench()
    for (const name of ['a', 'b', 'c']) start(name)
    start('d', true)
    await end(ends, 'd')
    expect(begun).toEqual(['a', 'b', 'd'])
    await end(ends, 'a')
    expect(begun).toEqual(['a', 'b', 'd', 'c'])
  })

  it('begins what becomes urgent in line, at once where a slot for urgent ones is free', async () => {
    const { begun, ends, start, hurry } = bench()
    for (const name of ['a', 'b', 'c', 'd', 'e']) start(name)
    hurry('d')
    await new Promise(setImmediate)
    expect(begun).toEqual(['a', 'b', 'd'])
    hurry('e')
    expect(begun).toEqual(['a', 'b', 'd'])
    await end(ends, 'a')
    expect(begun).toEqual(['a', 'b', 'd', 'e'])
  })
})
