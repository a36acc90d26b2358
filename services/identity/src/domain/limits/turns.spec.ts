import { describe, expect, it } from 'vitest'
import { Turns } from './turns.ts'

describe('turns', () => {
  it('run the work of one key in order and never together, and that of other keys meanwhile', async () => {
    const turns = new Turns(10)
    const log: string[] = []
    const hold = Promise.withResolvers<void>()
    const work = (name: string, until: Promise<void>) => async (): Promise<void> => {
      log.push(`${name} begins`)
      await until
      log.push(`${name} ends`)
    }
    const first = turns.take('a', work('first', hold.promise))
    const second = turns.take('a', work('second', Promise.resolve()))
    await turns.take('b', work('other', Promise.resolve()))
    expect(log).toEqual(['first begins', 'other begins', 'other ends'])
    hold.resolve()
    await Promise.all([first, second])
    expect(log.slice(3)).toEqual(['first ends', 'second begins', 'second ends'])
  })

  it('refuse what would wait behind too many, and go on after work that failed', async () => {
    const turns = new Turns(2)
    const failing = turns.take('a', () => Promise.reject(new Error('broken')))
    const second = turns.take('a', async () => 'second')
    expect(await turns.take('a', async () => 'third')).toBeUndefined()
    await expect(failing).rejects.toThrow('broken')
    expect(await second).toBe('second')
    expect(await turns.take('a', async () => 'again')).toBe('again')
  })
})
