/**
 * Events for tests, made from their contract's own example. Called by tests of consumers and stores.
 * Must never make an event that its contract would refuse.
 */
import type { DataOf, EventContract, EventOf } from '@tradewire/contracts/define-event'
import type { Clock } from '@tradewire/kernel/clock'
import type { EventId, IdSource } from '@tradewire/kernel/ids'
import { ManualClock } from './manual-clock.ts'
import { SequentialIds } from './sequential-ids.ts'

/** The contract's example with some fields replaced; throws when the contract refuses the result. */
export function exampleOf<Contract extends EventContract>(
  contract: Contract,
  changes: Partial<DataOf<Contract>> = {},
): DataOf<Contract> {
  return contract.data.parse({ ...(contract.example as object), ...changes }) as DataOf<Contract>
}

const ownIds = new SequentialIds(0xeeee)
const ownClock = new ManualClock()

/** A whole event, as a consumer gets it. */
export function eventOf<Contract extends EventContract>(
  contract: Contract,
  changes: Partial<DataOf<Contract>> = {},
  { ids = ownIds, clock = ownClock }: { readonly ids?: IdSource; readonly clock?: Clock } = {},
): EventOf<Contract> {
  const id: EventId = ids.next()
  const { name, version } = contract
  return { id, name, version, occurredAt: clock.now().toISOString(), data: exampleOf(contract, changes) }
}
