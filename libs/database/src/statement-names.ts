/**
 * Names for prepared statements, so that PostgreSQL parses and plans a hot statement once per connection.
 * Called by Database and Transaction. Must never grow without bound: texts beyond the limit stay unprepared.
 */
const statementsMax = 400
const textCharsMax = 20_000

export class StatementNames {
  private readonly names = new Map<string, string>()

  nameOf(sql: string): string | undefined {
    const known = this.names.get(sql)
    if (known !== undefined) return known
    if (this.names.size >= statementsMax || sql.length > textCharsMax) return undefined
    const name = `tw${this.names.size}`
    this.names.set(sql, name)
    return name
  }
}
