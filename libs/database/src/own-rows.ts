/**
 * Row-level security for tables that hold rows of many users: who reads for one user sees no other's, whatever they ask.
 * Called by migrations and by Database.queryOwn. Must never stand in the way of a service's own role, which writes.
 */

/** Transaction-local: for whom is read. Without it a reader sees no row at all. */
export const ownerSetting = 'tradewire.owner'
const owner = `nullif(current_setting('${ownerSetting}', true), '')::uuid`

/** The role that a service reads as for one user: it cannot log in, and sees only what `ownRows` has granted. */
export function readerOf(role: string): string {
  return `reader_${role}`
}

/** Becomes the reader of the own role until the transaction ends. */
export const becomeReaderSql = `select set_config('role', '${readerOf('')}' || current_user, true),
  set_config('${ownerSetting}', $1, true)`

export interface OwnedTables {
  /** Each with a column user_id. */
  readonly byUser: readonly string[]
  /** Tables whose rows belong to whom another table says: table -> condition over its row. */
  readonly derived?: Readonly<Record<string, string>>
  /** Without an owner, and readable for everyone. */
  readonly shared?: readonly string[]
}

/** Statements for a migration, after the tables were made. */
export function ownRows({ byUser, derived = {}, shared = [] }: OwnedTables): string[] {
  const conditions = [...byUser.map((table) => [table, `user_id = ${owner}`] as const), ...Object.entries(derived)]
  const granted = [...conditions.map(([table]) => table), ...shared].join(', ')
  return [
    ...conditions.flatMap(([table, condition]) => [
      `alter table ${table} enable row level security`,
      `create policy own_rows on ${table} for select using (${condition})`,
    ]),
    // A migration runs as the service's role, whose name differs from one installation to another.
    `do $$ begin execute format('grant select on ${granted} to %I', '${readerOf('')}' || current_user); end $$`,
  ]
}
