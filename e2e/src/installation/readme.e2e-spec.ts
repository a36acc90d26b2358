import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { BracketReply } from '@tradewire/contracts/rpc/orders'
import { eventually } from '@tradewire/testkit/eventually'
import { expect, it } from 'vitest'
import { ApiUser, type Page } from '../system/api-user.ts'
import { realSystem } from '../system/real-system.ts'

const root = resolve(import.meta.dirname, '../../..')
const withinMs = 30_000
const limitMs = 120_000
const system = realSystem({ processes: false })

/** The lines to paste, with the gateway of this system. */
function firstTrade(gateway: string): string {
  const [, block = ''] = /## A first trade by hand\n[^`]*(?:`[^`]+`[^`]*)*```sh\n(.*?)```/s.exec(
    readFileSync(join(root, 'README.md'), 'utf8'),
  )!
  return block.replace('http://127.0.0.1:7400', gateway)
}

it('The first trade by hand works as the README has it', () =>
  system.watched(async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tradewire-readme-'))
    try {
      const command = `exec ${process.execPath} ${join(root, 'launcher/dist/cli.js')} "$@" --home ${system.home.root}`
      writeFileSync(join(folder, 'tradewire'), `#!/bin/sh\n${command}\n`, { mode: 0o755 })
      symlinkSync(system.home.root, join(folder, '.tradewire'))
      const { gateway = '', operator = { username: '', password: '' } } = system.endpoints
      const told = spawnSync('sh', ['-eu'], {
        cwd: folder,
        input: firstTrade(gateway),
        encoding: 'utf8',
        timeout: limitMs,
      })
      expect(told.stderr).toBe('')
      expect(told.stdout).toContain('What may be lost decides: 0.1 BTC, for 4200 USDT; the stop would cost 100 USDT.')
      const user = await ApiUser.logIn(gateway, operator)
      const ended = await eventually(
        async () => (await user.gets<Page<BracketReply>>('/v1/orders')).items.find(({ state }) => state === 'closed'),
        { withinMs, describe: 'the trade has ended' },
      )
      expect(ended.closeReason).toBe('target')
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  }))
