/** Faults of the servers that services stand on: bus, PostgreSQL, Redis. Called by the list. Must never hurt a server of others. */
import { rm } from 'node:fs/promises'
import { connect as connectSocket } from 'node:net'
import { join } from 'node:path'
import { once } from 'node:events'
import { jetstreamManager } from '@nats-io/jetstream'
import { isAlive } from '@tradewire/backends/process-identity'
import { serverAddress } from '@tradewire/bus/server-address'
import { eventually } from '@tradewire/testkit/eventually'
import { connect } from 'nats'
import { type AlertAnswer, postAlert, sendAsTradingView } from '../kit/alert-sender.ts'
import { holdPort } from '../kit/held-port.ts'
import { momentAfter } from '../kit/moment.ts'
import type { RealSystem } from '../kit/real-system.ts'
import type { Hooks, Scenario } from '../scenario.ts'
import type { Stage } from '../stage.ts'

const streamsBackWithinMs = 30_000
const answerWithinMs = 500
const betweenAlertsMs = 50
const linkFaultMs = 3_000
const slowByMs = 150

export const serverScenarios: readonly Scenario[] = [
  {
    name: 'bus-killed',
    rows: [1],
    about: 'nats-server is killed while a signal fans out; alerts go on being taken',
    signals: 2,
    play: (stage) => ({ onSignal: () => loseBus(stage, 'killed') }),
  },
  {
    name: 'bus-emptied',
    rows: [2],
    about: 'nats-server is killed and its store deleted while a signal fans out',
    signals: 3,
    play: (stage) => ({ onSignal: () => loseBus(stage, 'emptied') }),
  },
  {
    name: 'bus-link-faults',
    rows: [1, 18],
    about: 'the connections to the bus are cut, swallowed, made one-way, half closed and slowed down',
    signals: 3,
    links: ['bus'],
    play: (stage) => linkFaults(stage, 'bus'),
  },
  {
    name: 'database-stopped',
    rows: [3],
    about: 'PostgreSQL is stopped as by a crash; alerts are answered 503 within 500 ms and taken when sent again',
    signals: 3,
    play: loseDatabase,
  },
  {
    name: 'database-link-faults',
    rows: [3],
    about: 'the connections to PostgreSQL are cut, swallowed, made one-way, half closed and slowed down',
    signals: 3,
    links: ['database'],
    play: (stage) => linkFaults(stage, 'database'),
  },
  {
    name: 'redis-flushed',
    rows: [4],
    about: 'Redis is emptied again and again while a signal fans out; trading does not notice',
    signals: 1,
    play: (stage) => ({
      async onSignal() {
        for (let count = 0; count < 5; count += 1) {
          await stage.moment()
          await flushRedis(stage.system.endpoints.redis)
        }
      },
    }),
  },
]

/** A thread of a process that is being stopped may still finish the file that it was writing. */
const removalsMax = 5

async function loseBus(stage: Stage, fault: 'killed' | 'emptied'): Promise<void> {
  const { system } = stage
  const strategy = await stage.ownStrategy()
  const before = await streamBirths(system)
  await stage.moment()
  // Stopped first, so that the launcher cannot start it again while its files are being deleted.
  await stage.signal('nats', 'SIGSTOP')
  if (fault === 'emptied') await rm(join(system.home.nats, 'store'), { recursive: true, maxRetries: removalsMax })
  const { pid } = await system.signal('nats', 'SIGKILL')
  const { status } = await stage.post(stage.alertOf(strategy, 1))
  stage.expect(status === 200, `an alert without a bus was answered ${status}`)
  await eventually(() => !isAlive(pid), { describe: 'nats-server is gone' })
  const after = await eventually(() => streamBirths(system), {
    withinMs: streamsBackWithinMs,
    describe: 'the streams are back',
  })
  // Only an emptied store makes the streams anew: the fault has done what it says.
  stage.expect((after === before) === (fault === 'killed'), `the bus was ${fault}, and its streams do not show it`)
}

/** When each stream was made; both are there once the services have found the bus again. */
async function streamBirths(system: RealSystem): Promise<string | undefined> {
  const connection = await connect({ ...serverAddress(system.endpoints.nats), reconnect: false })
  try {
    const manager = await jetstreamManager(connection)
    const streams = await manager.streams.list().next()
    if (streams.length < 2) return undefined
    return streams
      .map(({ config, created }) => `${config.name} ${created}`)
      .toSorted()
      .join(', ')
  } finally {
    await connection.close()
  }
}

/** How long PostgreSQL stays away each time; 0: only as long as its restart takes. */
const awayMs = [0, 4_000, 1_500] as const

async function loseDatabase(stage: Stage): Promise<Hooks> {
  const strategy = await stage.ownStrategy()
  let insistent: Promise<readonly AlertAnswer[]> = Promise.resolve([])
  return {
    async onSignal(place) {
      await stage.moment()
      const lengthMs = awayMs[place - 1] ?? 0
      stage.note(`PostgreSQL is stopped for ${lengthMs} ms and its restart`)
      if (lengthMs === 0) return stage.signal('postgres', 'SIGQUIT')
      const { url } = await stage.system.part('postgres')
      const held = holdPort(Number(new URL(url).port))
      await stage.signal('postgres', 'SIGQUIT')
      const free = await held
      try {
        insistent = sendAsTradingView(stage.system.endpoints.gateway ?? '', stage.alertOf(strategy, place))
        await expectQuick503(stage, lengthMs)
      } finally {
        await free()
      }
    },
    async onSettled() {
      // The sender's last try must not fall into the next outage: it has only so many.
      const answers = await insistent
      if (answers.length === 0) return
      stage.expect(answers[0]?.status === 503, `the first answer without PostgreSQL was ${answers[0]?.status}`)
      const last = answers.at(-1)
      stage.expect(last?.status === 200, `the last answer to a sender that insists was ${last?.status}`)
      if (last?.signalId !== undefined) stage.taken.push(last.signalId)
      insistent = Promise.resolve([])
    },
    async atTheEnd() {
      const { items } = await stage.gateway.get<{ items: unknown[] }>(`/v1/signals?strategyId=${strategy.id}`)
      stage.expect(items.length === 2, `two insistent alerts are stored as ${items.length} signals`)
    },
  }
}

/** By the gateway and straight to signals, also for a strategy that nobody can look up now. */
async function expectQuick503(stage: Stage, lengthMs: number): Promise<void> {
  const stranger = { id: '61b79e6d-7e22-4f91-b508-ef5be6a21419', secret: 'wrong' }
  const untilMs = performance.now() + lengthMs
  const { gateway = '', signals = '' } = stage.system.endpoints
  for (let number = 0; performance.now() < untilMs; number += 1) {
    for (const url of [gateway, signals]) {
      const { status, elapsedMs } = await postAlert(url, stage.alertOf(stranger, number))
      stage.expect(status === 503, `${url} answered ${status} without PostgreSQL`)
      stage.expect(elapsedMs < answerWithinMs, `${url} took ${Math.round(elapsedMs)} ms to answer without PostgreSQL`)
    }
    await momentAfter(betweenAlertsMs)
  }
}

/** The first signal sees a cut and a half close, the second lost bytes, the third slowness. */
export function linkFaults(stage: Stage, name: 'bus' | 'database' | 'venue'): ReturnType<Scenario['play']> {
  const link = stage.link(name)
  const strike = async (text: string, start: () => void) => {
    await stage.moment()
    stage.note(`${name}: ${text}`)
    start()
    await momentAfter(linkFaultMs)
    link.heal()
  }
  return {
    async onSignal(place) {
      if (place === 1) {
        await strike('half closed', () => link.halfClose())
        await strike('cut', () => link.cut())
      } else if (place === 2) {
        const lossy = stage.shuffled(['swallowed', 'replies dropped'] as const)
        for (const kind of lossy)
          await strike(kind, () => (kind === 'swallowed' ? link.blackHole() : link.dropReplies()))
      } else await strike('slow', () => link.delay(slowByMs))
    },
  }
}

async function flushRedis(url: string): Promise<void> {
  const { hostname, port } = new URL(url)
  const socket = connectSocket(Number(port), hostname)
  try {
    socket.write('FLUSHALL\r\n')
    await once(socket, 'data')
  } finally {
    socket.destroy()
  }
}
