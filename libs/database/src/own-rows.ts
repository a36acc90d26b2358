/**
 * Row-level security for tables that hold rows of many users: who works for one user sees and changes no other's, whatever
 * they ask. Called by migrations and by Database. Must never stand in the way of a service's own role, which works for all.
 */

/** Transaction-local: for whom it is. Without it the narrowed role sees no row at all. */
const ownerSetting = 'tradewire.owner'

/** The user for whom a transaction is, in conditions of policies. */
export const ownerSql = `nullif(current_setting('${ownerSetting}', true), '')::uuid`

/** The role that a service becomes to work for one user: it cannot log in, and has only what `ownRows` has granted. */
export function narrowedOf(role: string): string {
  return `narrowed_${role}`
}

/** Becomes the narrowed role of the own one until the transaction ends. */
export const narrowSql = `select set_config('role', '${narrowedOf('')}' || current_user, true),
  set_config('${ownerSetting}', $1, true)`

/** Becomes the service itself again: events are its own. */
export const widenSql = `select set_config('role', 'none', true)`

export interface OwnedTables {
  /** Each with a column user_id. */
  readonly byUser: readonly string[]
  /** Tables whose rows belong to whom another column or table says: table -> condition over its row. */
  readonly derived?: Readonly<Record<string, string>>
  /** Without an owner, and readable for everyone. */
  readonly shared?: readonly string[]
  /** Of the tables with an owner, those that are changed for one user as well. */
  readonly changed?: readonly string[]
}

/** Statements for a migration, after the tables were made. A policy may read other tables: theirs hold for it too. */
export function ownRows({ byUser, derived = {}, shared = [], changed = [] }: OwnedTables): string[] {
  const conditions = [...byUser.map((table) => [table, `user_id = ${ownerSql}`] as const), ...Object.entries(derived)]
  const read = [...conditions.map(([table]) => table), ...shared].join(', ')
  return [
    ...conditions.flatMap(([table, condition]) => [
      `alter table ${table} enable row level security`,
      changed.includes(table)
        ? `create policy own_rows on ${table} using (${condition}) with check (${condition})`
        : `create policy own_rows on ${table} for select using (${condition})`,
    ]),
    grant('select', read),
    ...(changed.length === 0 ? [] : [grant('insert, update, delete', changed.join(', '))]),
  ]
}

/** A migration runs as the service's role, whose name differs from one installation to another. */
function grant(rights: string, tables: string): string {
  const statement = `format('grant ${rights} on ${tables} to %I', '${narrowedOf('')}' || current_user)`
  return `do $$ begin execute ${statement}; end $$`
}
