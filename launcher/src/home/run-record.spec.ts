import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createHome, homeAt, type Home } from './home.ts'
import { clearRun, isSameProcess, lockHome, markOf, readRun, writeRun } from './run-record.ts'

let folder = ''
let home: Home

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tradewire-home-'))
  home = homeAt(join(folder, 'home'))
  await createHome(home)
})
afterEach(async () => {
  await rm(folder, { recursive: true, force: true })
})

describe('a recorded process', () => {
  const recorded = { pid: 4711, mark: 'boot:100' }

  it('is the same while it lives and started when the record says', () => {
    expect(
      isSameProcess(
        recorded,
        () => true,
        () => 'boot:100',
      ),
    ).toBe(true)
  })

  it('is another one when the pid was given away again, and none when it is gone', () => {
    expect(
      isSameProcess(
        recorded,
        () => true,
        () => 'boot:999',
      ),
    ).toBe(false)
    expect(
      isSameProcess(
        recorded,
        () => true,
        () => 'later:100',
      ),
    ).toBe(false)
    expect(
      isSameProcess(
        recorded,
        () => false,
        () => 'boot:100',
      ),
    ).toBe(false)
  })

  it('is never taken for ours when the record has no mark', () => {
    expect(
      isSameProcess(
        { pid: 4711, mark: '' },
        () => true,
        () => '',
      ),
    ).toBe(false)
  })
})

describe('the lock of a home', () => {
  it('is taken once, and tells the second taker who has it', async () => {
    expect(await lockHome(home)).toBeUndefined()
    expect(await lockHome(home)).toEqual(markOf(process.pid))
  })

  it('of a process that is gone, or half written, is taken over', async () => {
    await writeFile(home.lockFile, JSON.stringify({ pid: process.pid, mark: 'another boot:1' }))
    expect(await lockHome(home)).toBeUndefined()
    await writeFile(home.lockFile, '{"pid":')
    expect(await lockHome(home)).toBeUndefined()
    expect(JSON.parse(await readFile(home.lockFile, 'utf8'))).toEqual(markOf(process.pid))
  })
})

describe('the record of what runs', () => {
  it('is kept for its owner only and is gone after clearing', async () => {
    expect(await readRun(home)).toBeUndefined()
    const record = {
      version: 1,
      launcher: markOf(process.pid),
      startedAt: 'now',
      mode: 'processes',
      parts: [],
    } as const
    await writeRun(home, record)
    expect(await readRun(home)).toEqual(record)
    expect((await stat(home.runFile)).mode & 0o077).toBe(0)
    await clearRun(home)
    expect(await readRun(home)).toBeUndefined()
  })

  it('stands in a home that other users cannot list', async () => {
    expect((await stat(home.root)).mode & 0o066).toBe(0)
    expect((await stat(home.keys)).mode & 0o077).toBe(0)
  })
})
