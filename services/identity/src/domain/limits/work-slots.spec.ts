import { describe, expect, it } from 'vitest'
import { WorkSlots } from './work-slots.ts'

function gate(): { readonly opened: Promise<void>; open: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>()
  return { opened: promise, open: resolve }
}

describe('work slots', () => {
  it('run no more at once than there are slots, and refuse what cannot even wait', async () => {
    const slots = new WorkSlots(2, 1)
    const hold = gate()
    let running = 0
    let most = 0
    const work = async (): Promise<string> => {
      running += 1
      most = Math.max(most, running)
      await hold.opened
      running -= 1
      return 'done'
    }
    const started = [slots.run(work), slots.run(work), slots.run(work)]
    expect(await slots.run(work)).toBeUndefined()
    hold.open()
    expect(await Promise.all(started)).toEqual(['done', 'done', 'done'])
    expect(most).toBe(2)
    expect(await slots.run(work)).toBe('done')
  })

  it('give the slot back when the work fails', async () => {
    const slots = new WorkSlots(1, 0)
    await expect(slots.run(() => Promise.reject(new Error('broken')))).rejects.toThrow('broken')
    expect(await slots.run(async () => 1)).toBe(1)
  })
})
