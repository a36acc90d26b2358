import { execFileSync, spawn } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { findNatsServer } from '@tradewire/backends/find-nats-server'
import { freePort } from '@tradewire/backends/free-port'
import { readNatsInfo } from '@tradewire/backends/start-nats'
import { eventually } from '@tradewire/testkit/eventually'
import { connect } from 'nats'
import { afterAll, describe, expect, it } from 'vitest'

const root = resolve(import.meta.dirname, '../../..')
const folder = mkdtempSync(join(tmpdir(), 'tradewire-deploy-'))
const answerWithinMs = 200
const startWithinMs = 10_000

afterAll(() => rmSync(folder, { recursive: true, force: true }))

function settingsOf(file: string): Record<string, string> {
  const lines = readFileSync(file, 'utf8').split('\n')
  return Object.fromEntries(
    lines
      .filter((line) => /^[A-Z]/.test(line))
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  )
}

/** What an installation generates for its servers, by the scripts that it runs itself. */
const generated: Readonly<Record<string, () => Record<string, string>>> = {
  'deploy/new-env.sh': () => {
    cpSync(join(root, 'deploy/new-env.sh'), join(folder, 'deploy/new-env.sh'))
    execFileSync('sh', [join(folder, 'deploy/new-env.sh')], { stdio: 'ignore' })
    return settingsOf(join(folder, '.env'))
  },
  'deploy/kubernetes/new-secrets.sh': () => {
    execFileSync('sh', [join(root, 'deploy/kubernetes/new-secrets.sh'), folder], { stdio: 'ignore' })
    return settingsOf(join(folder, 'secrets/backends.env'))
  },
}

/** The settings as they are deployed, but for the places. */
function settingsAt(port: number, monitorPort: number): string {
  const text = readFileSync(join(root, 'deploy/nats.conf'), 'utf8')
  const file = join(folder, `${port}.conf`)
  const places: readonly (readonly [string, string])[] = [
    ['0.0.0.0:4222', `127.0.0.1:${port}`],
    ['0.0.0.0:8222', `127.0.0.1:${monitorPort}`],
    ['/data', join(folder, String(port))],
  ]
  writeFileSync(
    file,
    places.reduce((changed, [deployed, here]) => changed.replace(deployed, here), text),
  )
  return file
}

describe.each(Object.keys(generated))('NATS with what %s wrote', (script) => {
  it('lets in who has the password, and nobody else', async () => {
    const { NATS_PASSWORD: password = '' } = generated[script]!()
    const { path } = await findNatsServer({ toolsDirectory: join(root, '.tools') })
    const port = await freePort()
    const server = spawn(path, ['--config', settingsAt(port, await freePort())], {
      env: { NATS_PASSWORD: password },
      stdio: 'ignore',
    })
    const servers = `127.0.0.1:${port}`
    try {
      await eventually(async () => (await readNatsInfo(port, answerWithinMs)) !== undefined, {
        withinMs: startWithinMs,
      })
      await expect(connect({ servers })).rejects.toThrow(/authorization/i)
      await expect(connect({ servers, user: 'tradewire', pass: `${password}x` })).rejects.toThrow(/authorization/i)
      const welcome = await connect({ servers, user: 'tradewire', pass: password })
      await welcome.close()
    } finally {
      server.kill('SIGKILL')
    }
  })
})
