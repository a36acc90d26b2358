import { SeededRandomness } from '@tradewire/kernel/randomness'
import { GatewayClient } from '@tradewire/launcher/demo/gateway-client'
import { describe, expect, it } from 'vitest'
import { type AlertAnswer, postAlert, sendAsTradingView } from './system/alert-sender.ts'
import { expectWhole, playDemo } from './system/demo-run.ts'
import { holdPort } from './system/held-port.ts'
import { momentAfter } from './system/moment.ts'
import { realSystem } from './system/real-system.ts'
import { note, seedOf } from './system/seed.ts'

const system = realSystem()
const followers = 40
const momentLastMs = 300
/** How long PostgreSQL stays away each time; 0: only as long as its restart takes. */
const awayMs = [0, 0, 0, 4_000, 1_500] as const
const answerWithinMs = 500
const betweenAlertsMs = 50

describe('a system whose PostgreSQL is stopped hard while a signal fans out', () => {
  it('answers alerts with 503 at once, and afterwards loses nothing, doubles nothing and settles within a minute', () =>
    system.watched(async () => {
      const seed = seedOf('lose-the-database')
      const randomness = new SeededRandomness(seed)
      const strategy = await ownStrategy()
      const sent: Promise<readonly AlertAnswer[]>[] = []
      let startedMs = 0
      let backMs = 0
      const result = await playDemo(
        system,
        { followers, signals: awayMs.length, seed },
        {
          async onSignal(place) {
            const momentMs = Math.round(randomness.fraction() * momentLastMs)
            await momentAfter(momentMs)
            startedMs = performance.now()
            const lengthMs = awayMs[place - 1] as number
            const stopped = await system.part('postgres')
            void system.untilRestarted(stopped).then(
              () => (backMs = performance.now() - startedMs),
              () => undefined,
            )
            if (lengthMs === 0) await system.signal('postgres', 'SIGQUIT')
            else await loseDatabase(lengthMs, () => sent.push(sendAsTradingView(frontDoor(), alertOf(strategy, place))))
            note(`signal ${place}: PostgreSQL stopped ${momentMs} ms after the alert, kept away for ${lengthMs} ms`)
          },
          async onSettled(place) {
            const endedMs = Math.round(performance.now() - startedMs)
            note(
              `signal ${place}: PostgreSQL was back after ${Math.round(backMs)} ms, all positions had ended after ${endedMs} ms`,
            )
            // The sender's last try must not fall into the next outage: it has only so many.
            await Promise.all(sent)
          },
        },
      )
      expectWhole(result)
      const taken = await Promise.all(sent)
      for (const answers of taken) {
        expect(answers[0]?.status, 'the first answer, while PostgreSQL is away').toBe(503)
        expect(answers.at(-1)?.status, 'the last answer').toBe(200)
      }
      const { items } = await gateway().get<{ items: { id: string }[] }>(`/v1/signals?strategyId=${strategy.id}`)
      const ids = taken.map((answers) => answers.at(-1)?.signalId)
      expect(new Set(items.map(({ id }) => id)), 'each alert is stored once').toEqual(new Set(ids))
    }))
})

interface OwnStrategy {
  readonly id: string
  readonly secret: string
}

function frontDoor(): string {
  return system.endpoints.gateway ?? ''
}

function gateway(): GatewayClient {
  const { operator = { username: '', password: '' } } = system.endpoints
  return new GatewayClient(frontDoor(), operator, momentAfter)
}

/** A strategy without followers: its alerts are taken and lead to nothing. */
function ownStrategy(): Promise<OwnStrategy> {
  const strategy = { name: 'Sent again', venue: 'binance-usdm', symbol: 'BTC/USDT' }
  return gateway().post<OwnStrategy>('/v1/strategies', strategy)
}

function alertOf({ id, secret }: OwnStrategy, place: number): object {
  return {
    strategy: id,
    secret,
    orderPrice: 40_000 + place,
    type: 'buy',
    stop: 39_000,
    stopType: 'market',
    takeProfit: 42_000,
  }
}

/** Stops it as a crash would and keeps its port from its successor; meanwhile alerts come in, one of them insistent. */
async function loseDatabase(lengthMs: number, sendInsistently: () => void): Promise<void> {
  const { url } = await system.part('postgres')
  const held = holdPort(Number(new URL(url).port))
  await system.signal('postgres', 'SIGQUIT')
  const free = await held
  const backAtMs = performance.now() + lengthMs
  try {
    sendInsistently()
    await expectQuick503(backAtMs)
  } finally {
    await free()
  }
}

/** By the gateway and straight to signals, also for a strategy that nobody can look up now. */
async function expectQuick503(untilMs: number): Promise<void> {
  const stranger = { id: '61b79e6d-7e22-4f91-b508-ef5be6a21419', secret: 'wrong' }
  for (let place = 0; performance.now() < untilMs; place += 1) {
    for (const url of [frontDoor(), system.endpoints.signals ?? '']) {
      const { status, elapsedMs } = await postAlert(url, alertOf(stranger, place))
      expect(status, `the answer of ${url} while PostgreSQL is away`).toBe(503)
      expect(elapsedMs, `the time until the answer of ${url}`).toBeLessThan(answerWithinMs)
    }
    await momentAfter(betweenAlertsMs)
  }
}
