import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SeededRandomness } from '@tradewire/kernel/randomness'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createHome, homeAt, type Home } from './home.ts'
import { addMasterKey, ensureKeys, ensureSecrets, newestMasterKey } from './secrets.ts'

let folder = ''
let home: Home

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tradewire-secrets-'))
  home = homeAt(folder)
  await createHome(home)
})
afterEach(async () => {
  await rm(folder, { recursive: true, force: true })
})

describe('the secrets of a home', () => {
  it('are made once, kept, and only added to', async () => {
    const first = await ensureSecrets(home, ['orders'], new SeededRandomness(1))
    const second = await ensureSecrets(home, ['orders', 'brokers'], new SeededRandomness(2))
    expect(second.databasePasswords['orders']).toBe(first.databasePasswords['orders'])
    expect(second.databasePasswords['brokers']).not.toBe(second.databasePasswords['orders'])
    expect(second.databasePasswords['brokers']).toMatch(/^[\w-]{32}$/)
    expect(second.natsPassword).toBe(first.natsPassword)
    expect((await stat(home.secretsFile)).mode & 0o077).toBe(0)
  })

  it('hold a master key in the form that brokers reads, which is never replaced', async () => {
    const { brokersMaster } = await ensureKeys(home, new SeededRandomness(1))
    const key = await readFile(brokersMaster, 'utf8')
    expect(key).toMatch(/^v1:[A-Za-z0-9+/]{43}=\n$/)
    await ensureKeys(home, new SeededRandomness(2))
    expect(await readFile(brokersMaster, 'utf8')).toBe(key)
    expect((await stat(brokersMaster)).mode & 0o077).toBe(0)
  })

  it('hold newer master keys beside the older ones, and say which is the newest', async () => {
    expect(await newestMasterKey(home)).toBeUndefined()
    await expect(addMasterKey(home)).rejects.toThrow(/^there is no /)
    const { brokersMaster } = await ensureKeys(home, new SeededRandomness(1))
    expect(await newestMasterKey(home)).toBe(1)
    expect(await addMasterKey(home, new SeededRandomness(2))).toBe(2)
    expect(await newestMasterKey(home)).toBe(2)
    expect(await readFile(brokersMaster, 'utf8')).toMatch(/^v1:.*\nv2:.*\n$/)
  })
})
