/**
 * Events for tests, made from their contract's own example. Called by tests of consumers and stores.
 * Must never make an event that its contract would refuse.
 */
import type { DataOf, EventContract } from '@tradewire/contracts/define-event'

/** The contract's example with some fields replaced; throws when the contract refuses the result. */
export function exampleOf<Contract extends EventContract>(
  contract: Contract,
  changes: Partial<DataOf<Contract>> = {},
): DataOf<Contract> {
  return contract.data.parse({ ...(contract.example as object), ...changes }) as DataOf<Contract>
}
