/** What an account's owner does beside us, with the venue's own app. Called by the list. Must never touch an order of ours. */
import { handTrade, type HandTradeOrder, type LedgerOrder, type LedgerReply } from '@tradewire/contracts/paper/control'
import { decimal, type Decimal, ZERO } from '@tradewire/kernel/decimal'
import { eventually } from '@tradewire/testkit/eventually'
import { readDump, readLedger, withDatabase } from '../kit/read-history.ts'
import type { Scenario } from '../scenario.ts'
import type { Stage } from '../stage.ts'

/** Invariant I5. */
const withinMs = 60_000
const pollMs = 500
const addedQuantity = '0.01'
const quantityStep = '0.001'
const stopTypes = new Set(['stop-market', 'stop-limit'])
const standing = new Set(['waiting', 'open'])

type Position = LedgerReply['positions'][number]

export const ownerScenarios: readonly Scenario[] = [
  {
    name: 'owners-trade-by-hand',
    rows: [17],
    about:
      'owners close a position, close a part and add to one with the venue’s own app; ours follow, theirs are left alone',
    signals: 2,
    play: ownersTrade,
  },
]

function ownersTrade(stage: Stage): ReturnType<Scenario['play']> {
  const added = new Set<Position>()
  return {
    async onHeld() {
      const { positions } = await readLedger(stage.system)
      const [closed, halved, grown] = stage.shuffled(positions.toSorted(byAccount))
      if (closed === undefined || halved === undefined || grown === undefined) return
      await Promise.all([closesAll(stage, closed), closesPart(stage, halved), adds(stage, grown)])
      added.add(grown)
    },
    async onSettled() {
      // What the owner holds is the owner's to close.
      for (const { accountId, symbol } of added) await byHand(stage, { accountId, symbol, close: true })
      added.clear()
    },
  }
}

/** The bracket ends as closed by hand. */
async function closesAll(stage: Stage, { accountId, symbol }: Position): Promise<void> {
  await byHand(stage, { accountId, symbol, close: true })
  await until(stage, 'a bracket whose position its owner has closed is closed as such', async () => {
    const { state, reason } = await newestBracketOf(stage, accountId)
    return state === 'closed' && reason === 'manual'
  })
}

/** The stop shrinks to what is left. */
async function closesPart(stage: Stage, position: Position): Promise<void> {
  const { accountId, symbol } = position
  const held = decimal(position.quantity)
  const part = held.abs().div('2').div(quantityStep).round(0, 0).times(quantityStep)
  if (part.eq(ZERO)) return
  await byHand(stage, { accountId, symbol, side: held.lt(ZERO) ? 'buy' : 'sell', quantity: part.toString() })
  await until(stage, 'the stop covers what its owner has left, and no more', async () =>
    stopsCover(await readLedger(stage.system), position, held.abs().minus(part)),
  )
}

/** Nothing of ours changes. */
async function adds(stage: Stage, position: Position): Promise<void> {
  const { accountId, symbol } = position
  const held = decimal(position.quantity)
  await byHand(stage, { accountId, symbol, side: held.lt(ZERO) ? 'sell' : 'buy', quantity: addedQuantity })
  await until(stage, 'the stop covers our part of a position that its owner has added to', async () =>
    stopsCover(await readLedger(stage.system), position, held.abs()),
  )
}

async function byHand(stage: Stage, body: HandTradeOrder): Promise<void> {
  stage.note(`an owner trades: ${JSON.stringify(body)}`)
  await stage.venue.ask({ method: 'POST', path: '/trades', body }, handTrade)
}

async function until(stage: Stage, describe: string, holds: () => Promise<boolean>): Promise<void> {
  const seen = await eventually(holds, { withinMs, everyMs: pollMs, describe }).catch(() => false)
  stage.expect(seen, `not within ${withinMs / 1_000} s: ${describe}`)
}

function stopsCover({ orders }: LedgerReply, { accountId, symbol }: Position, quantity: Decimal): boolean {
  const stops = orders.filter((order) => order.accountId === accountId && order.symbol === symbol && isStop(order))
  return stops.length === 1 && decimal(stops[0]!.quantity ?? '0').eq(quantity)
}

function isStop({ type, status, reduceOnly }: LedgerOrder): boolean {
  return reduceOnly && stopTypes.has(type) && standing.has(status)
}

/** The venue knows its account by another id than we do; our orders there tell which one it is. */
async function newestBracketOf(
  stage: Stage,
  venueAccountId: string,
): Promise<{ readonly state: string; readonly reason: string | null }> {
  const [{ orders }, { attempts }] = [await readLedger(stage.system), await readDump(stage.system)]
  const placed = new Set(
    orders.filter((order) => order.accountId === venueAccountId).map((order) => order.clientOrderId),
  )
  const ours = attempts.find(({ clientOrderId }) => placed.has(clientOrderId))?.accountId
  return withDatabase(stage.system, async (client) => {
    const { rows } = await client.query<{ state: string; reason: string | null }>(
      `select state, close_reason as reason from orders.bracket where account_id = $1 and state <> 'denied'
       order by created_at desc limit 1`,
      [ours],
    )
    return rows[0] ?? { state: 'none', reason: null }
  })
}

function byAccount(a: Position, b: Position): number {
  return a.accountId < b.accountId ? -1 : 1
}
