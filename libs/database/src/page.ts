/**
 * Keyset paging: an opaque token holds the sort key of the last row shown.
 * Called by stores that answer lists. Must never hold anything secret: tokens are only encoded.
 */
import type { CodedError } from '@tradewire/kernel/errors'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { z } from 'zod'
import { databaseErrors } from './database.errors.ts'

const keysMax = 8
const tokenKeys = z.array(z.string().max(100)).min(1).max(keysMax)

/** What PostgreSQL reads each kind of key as: anything else would fail there. */
const keyKinds = {
  id: z.guid(),
  number: z.string().regex(/^\d{1,18}$/),
  date: z.iso.date(),
  moment: z.iso.datetime(),
}
export type PageKeyKind = keyof typeof keyKinds

export interface Page<Item> {
  readonly items: Item[]
  readonly nextToken: string | null
}

/** The token for the row with these sort keys (as text, in the order of the ORDER BY). */
export function pageToken(keys: readonly string[]): string {
  return Buffer.from(JSON.stringify(keys)).toString('base64url')
}

/** The keys of a token with exactly these kinds of keys; undefined without a token. Fails with PAGE_TOKEN_INVALID. */
export function readPageToken(
  token: string | undefined,
  kinds: readonly PageKeyKind[],
): Result<readonly string[] | undefined, CodedError> {
  if (token === undefined) return ok(undefined)
  try {
    const keys = tokenKeys.parse(JSON.parse(Buffer.from(token, 'base64url').toString('utf8')))
    const isOfList =
      keys.length === kinds.length && kinds.every((kind, at) => keyKinds[kind].safeParse(keys[at]).success)
    return isOfList ? ok(keys) : err(databaseErrors.of('PAGE_TOKEN_INVALID'))
  } catch {
    return err(databaseErrors.of('PAGE_TOKEN_INVALID'))
  }
}

/** A page from rows selected with `limit + 1`: the extra row only tells that more follow. */
export function pageFrom<Row, Item>(
  rows: readonly Row[],
  limit: number,
  shape: { readonly keysOf: (row: Row) => readonly string[]; readonly itemOf: (row: Row) => Item },
): Page<Item> {
  const shown = rows.slice(0, limit)
  const last = shown.at(-1)
  const more = rows.length > limit && last !== undefined
  return { items: shown.map(shape.itemOf), nextToken: more ? pageToken(shape.keysOf(last)) : null }
}

/**
 * A list by id, newest first: `read` answers rows older than `afterId`, at most `limit` of them.
 * Fails with PAGE_TOKEN_INVALID.
 */
export async function pageById<Row extends { readonly id: string }, Item>(
  page: { readonly limit: number; readonly nextToken?: string | undefined },
  read: (window: { readonly afterId: string | undefined; readonly limit: number }) => Promise<readonly Row[]>,
  itemOf: (row: Row) => Item,
): Promise<Result<Page<Item>, CodedError>> {
  const keys = readPageToken(page.nextToken, ['id'])
  if (!keys.ok) return keys
  const afterId = keys.value?.[0]
  const rows = await read({ afterId, limit: page.limit + 1 })
  return ok(pageFrom(rows, page.limit, { keysOf: (row) => [row.id], itemOf }))
}

/** A list of days, newest first: `read` answers days before `before`, at most `limit` of them. Fails with PAGE_TOKEN_INVALID. */
export async function pageByDay<Day extends { readonly date: string }>(
  page: { readonly limit: number; readonly nextToken?: string | undefined },
  read: (window: { readonly before: string | undefined; readonly limit: number }) => Promise<readonly Day[]>,
): Promise<Result<Page<Day>, CodedError>> {
  const keys = readPageToken(page.nextToken, ['date'])
  if (!keys.ok) return keys
  const before = keys.value?.[0]
  const days = await read({ before, limit: page.limit + 1 })
  return ok(pageFrom(days, page.limit, { keysOf: ({ date }) => [date], itemOf: (day) => day }))
}
