/** What a question must have been answered with. Called by specs. Must never be used where a failure is expected. */
import type { Result } from '@tradewire/kernel/result'

export function valueOf<Value>(result: Result<Value, { readonly code: string; readonly message: string }>): Value {
  if (!result.ok) throw new Error(`${result.error.code}: ${result.error.message}`)
  return result.value
}
