/** Faults of our own processes: killed, paused, ended, with a clock that jumps. Called by the list. Must never touch others' processes. */
import { isAlive } from '@tradewire/backends/process-identity'
import { eventually } from '@tradewire/testkit/eventually'
import { momentAfter } from '../kit/moment.ts'
import { withDatabase } from '../kit/read-history.ts'
import { startSecond, type SecondProcess } from '../kit/second-process.ts'
import type { Hooks, Scenario } from '../scenario.ts'
import type { Stage } from '../stage.ts'

const services = ['signals', 'orders', 'brokers', 'paper', 'gateway', 'identity', 'reporting', 'webhooks'] as const
const workers = ['brokers', 'orders'] as const
/** Longer than a lease and longer than the bus waits for an acknowledgement (10 s each). */
const pausedMs = 13_000
const drainWithinMs = 20_000
const storedWithinMs = 20_000
const clockJumpMs = 600_000
/** Eight signals; each step of each is held to its own minute besides. */
const killsLimitMs = 480_000

export const processScenarios: readonly Scenario[] = [
  {
    name: 'kill-each-process',
    rows: [5, 6],
    about: 'every service is killed once while entries go out and once while exits are hit',
    signals: services.length,
    limitMs: killsLimitMs,
    play(stage) {
      const atEntries = stage.shuffled(services)
      const atExits = stage.shuffled(services)
      const kill = async (name: string | undefined) => {
        await stage.moment()
        await stage.signal(name ?? 'orders', 'SIGKILL')
      }
      return { onSignal: (place) => kill(atEntries[place - 1]), onExits: (place) => kill(atExits[place - 1]) }
    },
  },
  {
    name: 'brokers-killed-before-call',
    rows: [5],
    about: 'brokers is killed with attempts stored and no call through to the venue; each is placed once afterwards',
    signals: 2,
    links: ['venue'],
    play: (stage) => killBrokers(stage, 'before'),
  },
  {
    name: 'brokers-killed-in-call',
    rows: [6],
    about: 'brokers is killed after the venue took its orders and before an answer arrived; none is placed again',
    signals: 2,
    links: ['venue'],
    play: (stage) => killBrokers(stage, 'during'),
  },
  {
    name: 'workers-paused',
    rows: [7],
    about: 'brokers and orders are paused for longer than lease and acknowledgement; others take over, then they wake',
    signals: 2,
    play: pauseWorkers,
  },
  {
    name: 'terminated-under-load',
    rows: [28],
    about: 'services get SIGTERM while a signal fans out; each ends within 20 s and leaves nothing half done',
    signals: 2,
    play(stage) {
      const order = stage.shuffled(['signals', 'orders', 'brokers', 'webhooks'] as const)
      return {
        async onSignal(place) {
          for (const name of order.slice((place - 1) * 2, place * 2)) {
            await stage.moment()
            const { pid } = await stage.system.signal(name, 'SIGTERM')
            const startedMs = performance.now()
            await eventually(() => !isAlive(pid), { withinMs: drainWithinMs, describe: `${name} has ended` })
            stage.note(`${name} drained in ${Math.round(performance.now() - startedMs)} ms`)
          }
        },
      }
    },
  },
  {
    name: 'clock-jumps',
    rows: [20],
    about: 'the clocks of brokers, orders and webhooks jump by ten minutes, forwards or back, while a signal fans out',
    signals: 2,
    clocks: true,
    play: (stage) => ({
      async onSignal() {
        await stage.moment()
        const names = ['brokers', 'orders', 'webhooks'] as const
        const jumps = names.map((name) => [name, stage.pick([-clockJumpMs, clockJumpMs])] as const)
        stage.note(`clocks jump: ${jumps.map(([name, ms]) => `${name} ${ms} ms`).join(', ')}`)
        await stage.jumpClocks(Object.fromEntries(jumps))
      },
      onSettled: () => stage.jumpClocks({}),
    }),
  },
]

/** Attempts are stored while the link loses everything, or all answers; then brokers dies, and the link heals. */
function killBrokers(stage: Stage, moment: 'before' | 'during'): ReturnType<Scenario['play']> {
  const link = stage.link('venue')
  return {
    async beforeSignal() {
      if (moment === 'before') link.blackHole()
      else link.dropReplies()
    },
    async onSignal() {
      await eventually(async () => (await attemptsUnderWay(stage)) > 0, {
        withinMs: storedWithinMs,
        everyMs: 10,
        describe: 'an attempt is under way',
      })
      await stage.moment()
      await stage.signal('brokers', 'SIGKILL')
      link.heal()
    },
  }
}

function attemptsUnderWay({ system }: Stage): Promise<number> {
  return withDatabase(system, async (client) => {
    const sql = `select count(*)::int as count from brokers.attempt where state in ('submitting', 'unknown')`
    return (await client.query<{ count: number }>(sql)).rows[0]?.count ?? 0
  })
}

async function pauseWorkers(stage: Stage): Promise<Hooks> {
  const seconds: SecondProcess[] = []
  for (const worker of workers) seconds.push(await startSecond(stage.system, worker))
  return {
    async onSignal(place) {
      // The second signal meets workers that have woken up among work that is done.
      if (place > 1) return
      for (const worker of workers) {
        await stage.moment()
        const { pid } = await stage.system.signal(worker, 'SIGSTOP')
        stage.note(`${worker} (${pid}) is paused for ${pausedMs} ms`)
        stage.beside(wakeLater(stage, worker, pid))
      }
    },
    async onSettled(place) {
      if (place === 1) await stage.untilBesideEnds()
    },
    async atTheEnd() {
      await Promise.all(seconds.map((second) => second.stop()))
    },
  }
}

async function wakeLater(stage: Stage, worker: string, pid: number): Promise<void> {
  await momentAfter(pausedMs)
  const woken = await stage.system.signal(worker, 'SIGCONT')
  stage.expect(woken.pid === pid, `the ${worker} that woke up is not the one that was paused`)
}
