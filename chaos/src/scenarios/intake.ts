/** Faults of what comes in: repeated, late and unreadable; and a disk that takes no more. Called by the list. Must never send what no sender could. */
import { connect } from 'nats'
import { serverAddress } from '@tradewire/bus/server-address'
import { signalAccepted } from '@tradewire/contracts/events/signals'
import { eventually } from '@tradewire/testkit/eventually'
import { momentAfter } from '../kit/moment.ts'
import { readDump, withDatabase } from '../kit/read-history.ts'
import type { Hooks, Scenario } from '../scenario.ts'
import type { Stage } from '../stage.ts'

const repetitions = 4
const stoppedMs = 4_000
const maxAgeSeconds = 2
const deadLetterWithinMs = 60_000
const diskMegabytes = 320
const fullMs = 3_000
const answerWithinMs = 3_000

export const intakeScenarios: readonly Scenario[] = [
  {
    name: 'signal-repeated',
    rows: [8],
    about: 'every alert is delivered four times at once; each is answered 2xx, and there is one signal',
    signals: 1,
    play: signalRepeated,
  },
  {
    name: 'signal-expires',
    rows: [19],
    about: 'orders stands still for longer than a signal is valid; the signal ends as stale and is not executed',
    signals: 1,
    play: signalExpires,
  },
  {
    name: 'poison-message',
    rows: [22],
    about: 'unreadable messages arrive on the bus among good ones; they end as dead letters and hold nobody up',
    signals: 1,
    play: poisonMessage,
  },
  {
    name: 'disk-full',
    rows: [21],
    about: 'the disk of PostgreSQL is full while a signal fans out; alerts get 503, and no repair by hand is needed',
    signals: 1,
    diskMegabytes,
    play: diskFull,
  },
]

async function signalRepeated(stage: Stage): Promise<Hooks> {
  const strategy = await stage.ownStrategy()
  return {
    async onSignal() {
      for (let number = 1; number <= 5; number += 1) {
        const alert = stage.alertOf(strategy, number)
        const answers = await Promise.all(Array.from({ length: repetitions }, () => stage.post(alert)))
        const statuses = answers.map(({ status }) => status)
        stage.expect(
          statuses.every((status) => status === 200),
          `repetitions were answered ${statuses.join(', ')}`,
        )
        const ids = new Set(answers.map(({ signalId }) => signalId))
        stage.expect(ids.size === 1, `one alert became ${ids.size} signals`)
      }
    },
  }
}

async function signalExpires(stage: Stage): Promise<Hooks> {
  const strategy = await stage.ownStrategy({ signalMaxAgeSeconds: maxAgeSeconds })
  return {
    async atTheEnd() {
      await stage.signal('orders', 'SIGSTOP')
      const { signalId, status } = await stage.post(stage.alertOf(strategy, 1))
      await momentAfter(stoppedMs)
      await stage.signal('orders', 'SIGCONT')
      stage.expect(status === 200, `the alert was answered ${status}`)
      const denied = await eventually(
        async () => (await readDump(stage.system)).deniedSignals.find((signal) => signal.signalId === signalId),
        { withinMs: 30_000, everyMs: 100, describe: 'the late signal has an end' },
      )
      stage.expect(denied.code === 'STALE_SIGNAL', `the late signal ended as ${denied.code}`)
      const { brackets } = await readDump(stage.system)
      const told = brackets.filter((bracket) => bracket.signalId === signalId)
      stage.expect(told.length === 0, `the late signal was refused to ${told.length} followers apart`)
    },
  }
}

function poisonMessage(stage: Stage): ReturnType<Scenario['play']> {
  return {
    async onSignal() {
      const connection = await connect({ ...serverAddress(stage.system.endpoints.nats), reconnect: false })
      try {
        for (const body of ['{"events":[{"id":1}]}', 'no JSON', '{}']) connection.publish(signalAccepted.name, body)
        await connection.flush()
      } finally {
        await connection.close()
      }
    },
    async atTheEnd() {
      await eventually(() => deadLetters(stage), {
        withinMs: deadLetterWithinMs,
        everyMs: 200,
        describe: 'the unreadable messages are among the dead letters of orders',
      })
    },
  }
}

function deadLetters({ system }: Stage): Promise<boolean> {
  return withDatabase(system, async (client) => {
    const { rows } = await client.query<{ count: number }>('select count(*)::int as count from orders.dead_letter')
    return (rows[0]?.count ?? 0) >= 3
  })
}

/** PostgreSQL may go down when it cannot write its log: then it is started again, as its supervisor would. */
async function diskFull(stage: Stage): Promise<Hooks> {
  const strategy = await stage.ownStrategy()
  return {
    async onSignal() {
      await stage.moment()
      await stage.disk.fill()
      stage.note('the disk is full')
      const untilMs = performance.now() + fullMs
      for (let number = 0; performance.now() < untilMs; number += 1) {
        const { status, elapsedMs } = await stage.post(stage.alertOf(strategy, number))
        stage.expect([200, 503].includes(status), `an alert was answered ${status} on a full disk`)
        stage.expect(elapsedMs < answerWithinMs, `an answer on a full disk took ${Math.round(elapsedMs)} ms`)
        await momentAfter(100)
      }
      await stage.disk.clear()
      await stage.system.restartDatabase()
      stage.note('the disk has room again')
    },
  }
}
