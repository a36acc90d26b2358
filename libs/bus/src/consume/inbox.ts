/**
 * What has had its effect: the memory that makes "at least once" into "once" (rule R3). One row remembers a whole message,
 * whose id follows from that of its outbox row; a message that had to be taken apart, and one that has no id or is meant for one
 * consumer alone, is remembered event by event. Called by the batch processor in the transaction of the effect.
 */
import type { Event } from '@tradewire/contracts/define-event'
import type { Transaction } from '@tradewire/database/transaction'
import type { Delivery } from './delivery.ts'

/** Sorted by the caller, so that two transactions with the same ids cannot lock each other out. */
const rememberSql = `insert into inbox (consumer, id) select consumer, id from unnest($1::text[], $2::uuid[]) as m (consumer, id)
on conflict do nothing returning consumer, id`

/** Without a word about conflicts: a message that is known fails the transaction. */
const rememberNewSql = `insert into inbox (consumer, id) select consumer, id from unnest($1::text[], $2::uuid[]) as m (consumer, id)`

const apartSql = `select consumer, id from inbox
where apart and (consumer, id) in (select consumer, id from unnest($1::text[], $2::uuid[]) as m (consumer, id))`

const takeApartSql = `insert into inbox (consumer, id, apart) values ($1, $2, true)
on conflict (consumer, id) do update set apart = inbox.apart returning apart`

interface Row {
  readonly consumer: string
  readonly id: string
}

export interface Remembered {
  /** Messages that have had no effect yet, each once: they take effect as a whole. */
  readonly fresh: readonly Delivery[]
  /** Messages to go through event by event. */
  readonly apart: readonly Delivery[]
}

/** Remembers whole messages. What is neither fresh nor apart has had its effect. */
export async function rememberMessages(tx: Transaction, deliveries: readonly Delivery[]): Promise<Remembered> {
  const whole = deliveries.filter(({ messageId }) => messageId !== null)
  const apart = deliveries.filter(({ messageId }) => messageId === null)
  if (whole.length === 0) return { fresh: [], apart }
  const keys = keysOf(whole)
  const inserted = new Set((await tx.query<Row>(rememberSql, keys)).map(keyOfRow))
  const isNew = inserted.size === whole.length
  const known = isNew ? new Set<string>() : new Set((await tx.query<Row>(apartSql, keys)).map(keyOfRow))
  return {
    // Deleting makes a message that came twice in one batch count once.
    fresh: whole.filter((delivery) => inserted.delete(keyOf(delivery))),
    apart: [...apart, ...whole.filter((delivery) => known.has(keyOf(delivery)))],
  }
}

/** Whether these can hardly be known: each is delivered for the first time, and none has to be taken apart. */
export function seemNew(deliveries: readonly Delivery[]): boolean {
  return deliveries.every((one) => one.deliveries === 1 && one.messageId !== null && one.invalid.length === 0)
}

/** Remembers messages that seem new without waiting for the answer. If one is known after all, the transaction fails. */
export function rememberNew(tx: Transaction, deliveries: readonly Delivery[]): readonly Event[] {
  tx.send(rememberNewSql, keysOf(deliveries))
  return deliveries.flatMap(({ events }) => events)
}

/** Remembers events of a message that is taken apart; answers those that have had no effect yet. */
export async function rememberEvents(
  tx: Transaction,
  delivery: Delivery,
  events: readonly Event[],
): Promise<readonly Event[]> {
  if (!(await takeApart(tx, delivery))) return []
  const ids = events.map(({ id }) => id).toSorted()
  const inserted = await tx.query<Row>(rememberSql, [ids.map(() => delivery.durable), ids])
  const fresh = new Set(inserted.map(({ id }) => id))
  return events.filter(({ id }) => fresh.delete(id))
}

/**
 * The events of a message that have had no effect. The message counts as taken apart from here on, also if none of its
 * events ever took effect: they may do so later by their own ids, and must not do so again when the message is repeated.
 */
export async function effectless(tx: Transaction, delivery: Delivery): Promise<readonly Event[]> {
  if (!(await takeApart(tx, delivery))) return []
  const { durable, events } = delivery
  const rows = await tx.query<{ id: string }>('select id from inbox where consumer = $1 and id = any ($2::uuid[])', [
    durable,
    events.map(({ id }) => id),
  ])
  const done = new Set(rows.map(({ id }) => id))
  return events.filter(({ id }) => !done.has(id))
}

/** False when the message has taken effect as a whole, perhaps in another process. */
async function takeApart(tx: Transaction, { durable, messageId }: Delivery): Promise<boolean> {
  if (messageId === null) return true
  const [row] = await tx.query<{ apart: boolean }>(takeApartSql, [durable, messageId])
  return row?.apart === true
}

function keysOf(deliveries: readonly Delivery[]): unknown[] {
  const sorted = deliveries.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))
  return [sorted.map(({ durable }) => durable), sorted.map(({ messageId }) => messageId)]
}

function keyOf({ durable, messageId }: Delivery): string {
  return `${durable} ${messageId}`
}

function keyOfRow({ consumer, id }: Row): string {
  return `${consumer} ${id}`
}
