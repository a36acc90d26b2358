import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { chmod, copyFile, mkdir, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import { leashedFolder } from '@tradewire/testkit/leash'
import { expect, it, vi } from 'vitest'

const startWithinMs = 10_000
const command = resolve(import.meta.dirname, '../../../tradewire')

/** As npx does it: what it unpacks stands in its cache before it is whole, and what it finds there it takes for whole. */
const npx = `#!/bin/sh
unpacked=\${npm_config_cache:-$HOME/.npm}/_npx/pnpm
if [ -e "$unpacked" ]; then echo 'npm error enoent Could not read package.json'; exit 1; fi
mkdir -p "$unpacked"
[ -e "$HOME/again" ] || exec sleep 60
mkdir node_modules
`

it('an installation that was interrupted goes on with the next command', async () => {
  await using folder = await leashedFolder('tradewire-interrupted-')
  const [root, home, programs] = ['root', 'home', 'programs'].map((name) => join(folder.path, name)) as [
    string,
    string,
    string,
  ]
  for (const each of [root, home, programs]) await mkdir(each)
  await copyFile(command, join(root, 'tradewire'))
  await writeFile(join(programs, 'npx'), npx)
  await chmod(join(programs, 'npx'), 0o755)
  const start = (): ChildProcess =>
    spawn(join(root, 'tradewire'), ['doctor'], {
      env: { HOME: home, PATH: `${programs}:${process.env['PATH']}` },
      stdio: ['ignore', 'ignore', 'pipe'],
    })

  const first = start()
  const caches = [join(root, '.tools/npm-cache/_npx'), join(home, '.npm/_npx')]
  await vi.waitFor(() => expect(caches.some(existsSync)).toBe(true), { timeout: startWithinMs })
  first.kill('SIGINT')
  expect(await once(first, 'exit')).toEqual([130, null])

  await writeFile(join(home, 'again'), '')
  const second = start()
  expect(await text(second.stderr!)).toContain('packages installed')
})
