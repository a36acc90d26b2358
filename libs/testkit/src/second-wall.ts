/**
 * Rows of several users, and what a statement without any filter reads of them for one. Called by specs of row-level
 * security. Must never need to know what a table's other columns mean.
 */
import type { Database } from '@tradewire/database/database'
import { escapeIdentifier, escapeLiteral } from 'pg'
import type { TestBackends } from './test-backends.ts'

type Asked = Pick<TestBackends, 'query'>

interface Column {
  readonly name: string
  readonly type: string
}

/** Something of each type, as text. */
const samples: Readonly<Record<string, string>> = {
  bool: 'true',
  bytea: '',
  int2: '1',
  int4: '1',
  int8: '1',
  json: '{}',
  jsonb: '{}',
  numeric: '1',
  text: 'x',
  timestamptz: '2026-01-01T00:00:00Z',
  uuid: '01963a5e-0000-7000-8000-0000000000ff',
  _text: '{}',
  _uuid: '{}',
}

/** Inserts a row with what is given and something in each other column that needs a value; references are not looked at. */
export async function insertSample(
  backends: Asked,
  [schema, table]: readonly [string, string],
  given: Readonly<Record<string, string>>,
): Promise<void> {
  const needed = await backends.query<Column>(
    `select column_name as name, udt_name as type from information_schema.columns
     where table_schema = $1 and table_name = $2 and is_nullable = 'NO' and column_default is null
       and is_identity = 'NO' and is_generated = 'NEVER'`,
    [schema, table],
  )
  const values = { ...Object.fromEntries(needed.map(({ name, type }) => [name, samples[type] ?? ''])), ...given }
  const names = Object.keys(values).map((name) => escapeIdentifier(name))
  const texts = Object.values(values).map((text) => escapeLiteral(text))
  await backends.query(
    `begin; set local session_replication_role = replica;
     insert into ${schema}.${table} (${names.join()}) values (${texts.join()}); commit`,
  )
}

/** What one user's statement reads that has forgotten every filter. */
export async function everythingFor(
  database: Database,
  owner: string | null,
  [table, column]: readonly [string, string],
): Promise<string[]> {
  const sql = `select distinct ${column}::text as value from ${table} order by 1`
  return (await database.queryOwn<{ value: string }>(owner, sql)).map(({ value }) => value)
}

/** Tables that can be read for one user, name a user or something of theirs, and show every row. */
export async function tablesWithoutWall(backends: Asked, schema: string): Promise<string[]> {
  const rows = await backends.query<{ name: string }>(
    `select distinct c.relname as name from pg_class c
       join pg_namespace n on n.oid = c.relnamespace
       join pg_roles narrowed on narrowed.rolname = 'narrowed_' || pg_get_userbyid(c.relowner)
       join pg_attribute a on a.attrelid = c.oid and a.attname in ('user_id', 'owner_id', 'account_id', 'endpoint_id')
     where n.nspname = $1 and c.relkind = 'r' and not c.relrowsecurity
       and has_table_privilege(narrowed.oid, c.oid, 'select')`,
    [schema],
  )
  return rows.map(({ name }) => name)
}
