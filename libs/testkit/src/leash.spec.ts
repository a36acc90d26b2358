import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it, vi } from 'vitest'
import { leashedFolder } from './leash.ts'

const goneWithinMs = 10_000

it('removes the folder of a process that is killed', async () => {
  const source = `
    const { leashedFolder } = await import(${JSON.stringify(new URL('leash.ts', import.meta.url).href)})
    process.stdout.write((await leashedFolder('tradewire-leash-')).path)
    setInterval(() => undefined, 1_000)`
  const owner = spawn(process.execPath, ['--input-type=module', '--eval', source], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [path] = (await once(owner.stdout.setEncoding('utf8'), 'data')) as [string]
  await writeFile(join(path, 'file'), 'of the dead')
  owner.kill('SIGKILL')
  await vi.waitFor(() => expect(existsSync(path)).toBe(false), { timeout: goneWithinMs })
})

it('removes it at the end of its use', async () => {
  let known = ''
  {
    await using folder = await leashedFolder('tradewire-leash-')
    known = folder.path
    expect(existsSync(known)).toBe(true)
  }
  expect(existsSync(known)).toBe(false)
})
