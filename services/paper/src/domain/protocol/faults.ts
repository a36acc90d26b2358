/**
 * Fault switches: which calls are hit by which fault. Pure but for its own counters; repeatable by seed.
 * Called by the surfaces before and after each call, set over the control API. Must never touch the books.
 */
import type { Venue } from '@tradewire/contracts/common'
import type { FaultKind, PaperFault, SetFault } from '@tradewire/contracts/paper/control'
import { setFault } from '@tradewire/contracts/paper/control'
import { SeededRandomness } from '@tradewire/kernel/randomness'

export type Operation = 'place' | 'cancel' | 'read'

export interface Call {
  readonly venue: Venue
  readonly accountId?: string | undefined
  readonly operation: Operation
}

interface Switch {
  readonly fault: PaperFault
  readonly randomness: SeededRandomness
  hits: number
}

export class FaultBoard {
  private switches: Switch[] = []
  private made = 0

  add(fault: SetFault): PaperFault {
    this.made += 1
    const parsed: PaperFault = { ...setFault.parse(fault), id: `fault-${String(this.made)}`, hits: 0 }
    this.switches.push({ fault: parsed, randomness: new SeededRandomness(parsed.seed), hits: 0 })
    return parsed
  }

  list(): PaperFault[] {
    return this.switches.map(({ fault, hits }) => ({ ...fault, hits }))
  }

  /** True when there was such a fault. */
  remove(id: string): boolean {
    const before = this.switches.length
    this.switches = this.switches.filter(({ fault }) => fault.id !== id)
    return this.switches.length < before
  }

  clear(): void {
    this.switches = []
  }

  /** The fault of this kind that hits this call, if one does; counts the hit. */
  strike(kind: FaultKind, call: Call): PaperFault | undefined {
    if (this.switches.length === 0) return undefined
    for (const entry of this.switches) {
      if (entry.fault.kind !== kind || !inScope(entry.fault, call)) continue
      if (entry.fault.rate < 1 && entry.randomness.fraction() >= entry.fault.rate) continue
      entry.hits += 1
      if (entry.fault.next !== undefined && entry.hits >= entry.fault.next) this.remove(entry.fault.id)
      return entry.fault
    }
    return undefined
  }
}

export function inScope(fault: Pick<PaperFault, 'venue' | 'accountId' | 'operation' | 'kind'>, call: Call): boolean {
  if (fault.venue !== undefined && fault.venue !== call.venue) return false
  if (fault.accountId !== undefined && fault.accountId !== call.accountId) return false
  return fault.kind === 'disconnect-streams' || fault.operation === 'any' || fault.operation === call.operation
}
