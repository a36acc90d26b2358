/** Whose brackets a reading statement may see, as its first two parameters. Called by reading stores. Must never be left out. */
import type { ReadScope } from '../ports/bracket-reads.port.ts'

export const scopeSql = `($1::uuid is null or b.user_id = $1
  or ($2 and b.strategy_id in (select strategy_id from strategy where owner_id = $1)))`

export function scopeParametersOf({ userId, ownStrategies }: ReadScope): [string | null, boolean] {
  return [userId, ownStrategies]
}
