/**
 * Rows as column arrays for one bulk statement over unnest, written as PostgreSQL array text at once:
 * a driver that escapes value by value costs more than the insert itself.
 * Called by the stores of this service. Must never be given text of others in a `plain` column.
 */
type Value = string | number | boolean | null

export interface Column<Row> {
  readonly name: string
  /** PostgreSQL's name of the type. */
  readonly type: string
  /**
   * `plain`: UUIDs, decimals, whole numbers, booleans, timestamps and our own words, which need no escaping.
   * `text`: anything. `json`: JSON text, never null; JSON escapes control characters, so one of them separates rows
   * and nothing needs to be escaped a second time.
   */
  readonly form: 'plain' | 'text' | 'json'
  readonly value: (row: Row) => Value
}

export function plain<Row>(name: string, type: string, value: (row: Row) => Value): Column<Row> {
  return { name, type, form: 'plain', value }
}

export function text<Row>(name: string, type: string, value: (row: Row) => string | null): Column<Row> {
  return { name, type, form: 'text', value }
}

export function json<Row>(name: string, value: (row: Row) => string): Column<Row> {
  return { name, type: 'text', form: 'json', value }
}

/** ASCII "unit separator". */
const separator = '\u001f'
const separatorSql = 'chr(31)'

export class Columns<Row> {
  private readonly columns: readonly Column<Row>[]

  constructor(columns: readonly Column<Row>[]) {
    this.columns = columns
  }

  get names(): string {
    return this.columns.map(({ name }) => name).join(', ')
  }

  /** `unnest($1::uuid[], ...) as alias (name, ...)`; the first parameter's number is `first`. */
  unnest(alias: string, first = 1): string {
    const arrays = this.columns.map(({ type, form }, index) =>
      form === 'json' ? `string_to_array($${first + index}::text, ${separatorSql})` : `$${first + index}::${type}[]`,
    )
    return `unnest(${arrays.join(', ')}) as ${alias} (${this.names})`
  }

  /** `name = excluded.name, ...` for the columns that are not of the key. */
  updates(keys: readonly string[]): string {
    const rest = this.columns.filter(({ name }) => !keys.includes(name))
    return rest.map(({ name }) => `${name} = excluded.${name}`).join(', ')
  }

  /** `name = alias.name, ...` for the columns that are not of the key. */
  assignments(alias: string, keys: readonly string[]): string {
    const rest = this.columns.filter(({ name }) => !keys.includes(name))
    return rest.map(({ name }) => `${name} = ${alias}.${name}`).join(', ')
  }

  /** One array text for each column. */
  parameters(rows: readonly Row[]): string[] {
    return this.columns.map((column) =>
      column.form === 'json' ? rows.map((row) => column.value(row)).join(separator) : arrayText(column, rows),
    )
  }
}

function arrayText<Row>({ form, value }: Column<Row>, rows: readonly Row[]): string {
  let array = '{'
  for (let index = 0; index < rows.length; index += 1) {
    if (index > 0) array += ','
    const item = value(rows[index]!)
    array += item === null ? 'NULL' : form === 'plain' ? String(item) : quoted(String(item))
  }
  return `${array}}`
}

const escaped = /[\\"]/g

function quoted(item: string): string {
  return `"${item.replace(escaped, '\\$&')}"`
}

/** `stamp` tells newer from older: a revision or a time. Rows go in key order, so that two batches cannot deadlock. */
export function upsertSql<Row>(table: string, columns: Columns<Row>, keys: readonly string[], stamp: string): string {
  const key = keys.join(', ')
  return `insert into ${table} (${columns.names})
select * from ${columns.unnest('n')} order by ${key}
on conflict (${key}) do update set ${columns.updates(keys)} where excluded.${stamp} > ${table}.${stamp}`
}
