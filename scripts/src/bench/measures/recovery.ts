/** P15: the process that plans and sends is killed in mid fan-out and started again. Called by the bench. */
import type { World } from '../kit/bench.ts'
import { nowMs } from '../kit/clock.ts'
import { postAlert } from '../kit/post-alert.ts'
import { comparisonOf, type Gate, gateOf } from '../kit/report.ts'
import { median, rounded } from '../kit/statistics.ts'
import { alertOf } from '../parties/followers.ts'

const rounds = 3
/** The process dies when this share of the orders has arrived. */
const killAtShare = 0.4
const finishLimitMs = 120_000

interface Recovery {
  readonly finishMs: number
  readonly coldStartMs: number
  readonly lost: number
  readonly resent: number
}

/** `uninterruptedMs` is the median of the same fan-out without a kill. */
export async function measureRecovery(world: World, connections: number, uninterruptedMs: number): Promise<Gate> {
  const found: Recovery[] = []
  for (let round = 0; round < rounds; round += 1) {
    world.progress(`kill -9 in mid fan-out: round ${round + 1} of ${rounds}`)
    found.push(await killOnce(world, connections, round))
  }
  const of = (field: keyof Recovery): number => median(found.map((one) => one[field]))
  const sum = (field: keyof Recovery): number => found.reduce((total, one) => total + one[field], 0)
  const expectedMs = uninterruptedMs + of('coldStartMs')
  return gateOf({
    name: `kill -9 at ${killAtShare * 100} %, restart: time to finish the rest`,
    comparisons: [
      comparisonOf({
        against: 'uninterrupted run + cold start',
        value: rounded(of('finishMs') / expectedMs),
        gate: 1.5,
        stretch: 1.2,
        rule: '<=',
      }),
      comparisonOf({ against: '0 lost', value: sum('lost'), gate: 0, stretch: 0, rule: '<=' }),
    ],
    ours: `${rounded(of('finishMs'))} ms after the kill`,
    raw: `${rounded(uninterruptedMs)} ms uninterrupted + ${rounded(of('coldStartMs'))} ms cold start`,
    notes: [
      `0 accepted twice: the venue refuses a repeated client order id; it was shown ${sum('resent')} in ${rounds} kills`,
    ],
  })
}

async function killOnce(world: World, connections: number, round: number): Promise<Recovery> {
  const { ours, stub, wide, options } = world
  const strategy = wide[round % wide.length]!
  await ours.startTrading(connections)
  const cold = await coldStart(world, connections)
  await stub.reset()
  await postAlert(ours.alertUrl, alertOf(strategy))
  await stub.until(Math.floor(options.followers * killAtShare), finishLimitMs)
  await ours.killTrading()
  const killedMs = nowMs()
  await ours.startTrading(connections)
  const received = await stub.until(options.followers, finishLimitMs)
  await ours.settled()
  const { accepted } = await ours.ask<{ accepted: number }>(
    `select count(*)::int as accepted from brokers.attempt where state = 'accepted'`,
  )
  await ours.freeFollows()
  return {
    finishMs: received.lastMs - killedMs,
    coldStartMs: cold,
    lost: options.followers - Math.min(accepted, received.orders),
    resent: received.repeated,
  }
}

/** From the spawn of the process until both services are ready, without anything to catch up with. */
async function coldStart({ ours }: World, connections: number): Promise<number> {
  await ours.stopTrading()
  const beganMs = nowMs()
  await ours.startTrading(connections)
  return nowMs() - beganMs
}
