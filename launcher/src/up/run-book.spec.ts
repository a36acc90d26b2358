import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Home, createHome, homeAt } from '../home/home.ts'
import { readRun } from '../home/run-record.ts'
import { RunBook } from './run-book.ts'

let home: Home

beforeEach(async () => {
  home = homeAt(await mkdtemp(join(tmpdir(), 'tradewire-run-book-')))
  await createHome(home)
})
afterEach(() => rm(home.root, { recursive: true, force: true }))

describe('the record of what runs', () => {
  it('is written whole when many parts restart at the same moment', async () => {
    const book = new RunBook(home, 'processes')
    let restarts = 0
    await book.add(() => [
      {
        name: 'orders',
        kind: 'service',
        url: 'http://127.0.0.1:1',
        pid: restarts,
        mark: 'mark',
        startedAt: '2022-01-01T00:00:00.000Z',
        logFile: 'orders.log',
      },
    ])
    await Promise.all(
      Array.from({ length: 50 }, () => {
        restarts += 1
        return book.write()
      }),
    )
    expect((await readRun(home))?.parts).toMatchObject([{ name: 'orders', pid: 50 }])
  })

  it('is tried again after it could not be written', async () => {
    const book = new RunBook(home, 'processes')
    await rm(home.root, { recursive: true })
    await expect(book.write()).rejects.toThrow('ENOENT')
    await createHome(home)
    await book.write()
    expect(await readRun(home)).toMatchObject({ mode: 'processes', parts: [] })
  })
})
