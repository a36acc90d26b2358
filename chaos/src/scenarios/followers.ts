/**
 * One follower fails, in one way or in every way, and the others do not notice. Called by the list of scenarios.
 * Must never count those who fail among the others.
 */
import { paperAccount, paperAccountList, type SetFault } from '@tradewire/contracts/paper/control'
import { eventually } from '@tradewire/testkit/eventually'
import { readDump, withDatabase } from '../kit/read-history.ts'
import type { Hooks, Scenario } from '../scenario.ts'
import type { Stage } from '../stage.ts'

/** Of which each has one follower of its own, besides the thousand. */
const ways: Readonly<Record<string, readonly SetFault[]>> = {
  refused: [{ kind: 'reject', operation: 'any' }],
  'too many orders': [{ kind: 'rate-limit', milliseconds: 700 }],
  'never answered': [{ kind: 'drop-reply-after-accept' }],
  'answered 503': [{ kind: 'error-after-accept' }],
  'not shown': [{ kind: 'error-after-accept' }, { kind: 'delay-visibility', milliseconds: 1_200 }],
  'filled by half': [{ kind: 'partial-fill', fraction: '0.5' }],
  'its stream cut': [{ kind: 'disconnect-streams' }],
  'answered late': [{ kind: 'latency', operation: 'any', milliseconds: 3_000 }],
}
const revoked = 'its key revoked'
const names = [...Object.keys(ways), revoked]
const others = 1_000
/** Invariant I5, for those who have nothing to heal. */
const protectedWithinMs = 60_000
const limitMs = 900_000

export const followerScenarios: readonly Scenario[] = [
  {
    name: 'one-follower-fails',
    rows: [29],
    about: 'the venue refuses everything of one account; the others are not touched and the group is not repeated',
    signals: 1,
    play: oneFollowerFails,
  },
  {
    name: 'one-of-a-thousand-fails',
    rows: [29],
    about: `one follower is ${names.join(', one ')}; all others, a thousand, are protected meanwhile and their orders sent once`,
    signals: 1,
    followers: others + names.length,
    limitMs,
    play: failInEveryWay,
  },
]

interface Unlucky {
  readonly accountId: string
  readonly label: string
}

async function accountsOf(stage: Stage): Promise<Unlucky[]> {
  const { accounts } = await stage.venue.ask({ method: 'GET', path: '/accounts' }, paperAccountList)
  return stage.shuffled(accounts.toSorted((a, b) => (a.label < b.label ? -1 : 1)))
}

function failInEveryWay(stage: Stage): Hooks {
  const unlucky = new Map<string, Unlucky>()
  return {
    async beforeSignal() {
      const accounts = await accountsOf(stage)
      for (const [index, name] of names.entries()) {
        const one = accounts[index]!
        unlucky.set(name, one)
        await stage.setFaults((ways[name] ?? []).map((fault) => ({ ...fault, accountId: one.accountId })))
      }
      const path = `/accounts/${unlucky.get(revoked)!.accountId}/revoke-key`
      await stage.venue.ask({ method: 'POST', path }, paperAccount)
    },
    async onSignal(_place, signalId) {
      const startedMs = performance.now()
      const labels = [...unlucky.values()].map(({ label }) => label)
      const moving = { signalId, labels, states: ['planned', 'entering', 'open'] }
      await eventually(async () => (await countOf(stage, { signalId, labels })) === others, {
        withinMs: protectedWithinMs,
        describe: 'each of the others has its bracket',
      })
      await eventually(async () => (await countOf(stage, moving)) === 0, {
        withinMs: protectedWithinMs,
        describe: 'each of the others is protected while some fail',
      })
      stage.note(`${others} others protected ${Math.round(performance.now() - startedMs)} ms after the alert`)
      const failed = await countOf(stage, { signalId, labels, states: ['failed'] })
      stage.expect(failed === 0, `${failed} of the others failed`)
    },
    onSettled: () => stage.endFaults(),
    async atTheEnd() {
      const labels = [...unlucky.values()].map(({ label }) => label)
      const again = await sentAgain(stage, labels)
      stage.expect(again === 0, `${again} orders of the others were sent more than once`)
    },
  }
}

interface Which {
  readonly signalId: string
  /** Of the accounts that are left out; paper accounts keep their labels when they are connected. */
  readonly labels: readonly string[]
  readonly states?: readonly string[]
}

async function countOf({ system }: Stage, { signalId, labels, states }: Which): Promise<number> {
  return withDatabase(system, async (client) => {
    const sql = `select count(*)::int as count from orders.bracket b join brokers.account a on a.id = b.account_id
      where b.signal_id = $1 and a.label <> all ($2) and ($3::text[] is null or b.state = any ($3))`
    const { rows } = await client.query<{ count: number }>(sql, [signalId, labels, states ?? null])
    return rows[0]?.count ?? 0
  })
}

async function sentAgain({ system }: Stage, labels: readonly string[]): Promise<number> {
  return withDatabase(system, async (client) => {
    const sql = `select count(*)::int as count from brokers.attempt t join brokers.account a on a.id = t.account_id
      where t.submissions > 1 and a.label <> all ($1)`
    return (await client.query<{ count: number }>(sql, [labels])).rows[0]?.count ?? 0
  })
}

function oneFollowerFails(stage: Stage): Hooks {
  return {
    async beforeSignal() {
      const [one] = await accountsOf(stage)
      await stage.setFaults([{ kind: 'reject', operation: 'any', accountId: one!.accountId }])
    },
    async atTheEnd() {
      const { brackets, attempts } = await readDump(stage.system)
      const unlucky = brackets.filter(({ state }) => state === 'failed')
      stage.expect(unlucky.length <= 1, `${unlucky.length} followers failed, and the venue refused only one`)
      const held = brackets.filter(({ opened }) => opened).length
      const planned = brackets.filter(({ state }) => state !== 'denied').length
      stage.expect(held === planned - unlucky.length, `${held} of ${planned} planned brackets held a position`)
      const again = attempts.filter(({ submissions }) => submissions > 1)
      stage.expect(again.length === 0, `${again.length} orders were sent more than once`)
    },
  }
}
