/**
 * A second process of a service beside the one that the launcher runs: more replicas of the same image, as in a
 * cluster. Called by scenarios that pause a worker. Must never outlive its scenario.
 */
import { spawn } from 'node:child_process'
import { openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { freePort } from '@tradewire/backends/free-port'
import { commandLineOf } from '@tradewire/backends/process-identity'
import { readinessOf } from '@tradewire/launcher/up/readiness'
import { eventually } from '@tradewire/testkit/eventually'
import type { RealSystem } from './real-system.ts'

const startLimitMs = 30_000

export interface SecondProcess {
  readonly pid: number
  stop(): Promise<void>
}

/** Started with the command line and the settings of the first, on a port of its own. */
export async function startSecond(system: RealSystem, service: string): Promise<SecondProcess> {
  const first = await system.part(service)
  const port = await freePort()
  const [command = '', ...args] = commandLineOf(first.pid).split(' ')
  const log = openSync(join(system.home.logs, `${service}-second.log`), 'a')
  const own = { [`${service.toUpperCase()}_HTTP_PORT`]: String(port), GATEWAY_OPERATIONS_PORT: '0' }
  const settings = { ...environmentOf(first.pid), ...own }
  // The channel ends with this process, and the service with the channel.
  const child = spawn(command, args, { env: settings, stdio: ['ignore', log, log, 'ipc'] })
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  await eventually(async () => (await readinessOf(`http://127.0.0.1:${port}`)).ready, {
    withinMs: startLimitMs,
    everyMs: 100,
    describe: `a second ${service} is ready`,
  })
  return {
    pid: child.pid ?? 0,
    async stop() {
      child.kill('SIGTERM')
      await ended
    },
  }
}

function environmentOf(pid: number): Record<string, string> {
  const pairs = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0')
  return Object.fromEntries(
    pairs
      .filter((pair) => pair.includes('='))
      .map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]),
  )
}
