/**
 * What of a follow's earlier signals stands in the way of a new entry, and whether it gives way. Pure; called by the gate.
 * Must never let an entry go beside a position that it would net with: it waits until that is proven gone, or is refused.
 */
import type { Side } from '@tradewire/contracts/common'
import type { Denial } from '@tradewire/contracts/denials/all'
import type { OpenPositionPolicy } from '@tradewire/contracts/trade-settings'
import { denial } from './denial.ts'

/** A bracket that has not ended, or one of whose orders can still execute. */
export interface OpenBracket {
  readonly bracketId: string
  /** It is on its way out already: who comes next may wait for it. */
  readonly ending: boolean
}

export interface OwnBracket extends OpenBracket {
  readonly side: Side
  /** Its follower has left and kept it: no signal ends it, also when the follower comes back. */
  readonly kept: boolean
}

/** An entry of the same follow whose turn has not come. */
export interface WaitingBracket {
  readonly bracketId: string
  readonly side: Side
  /** It has asked for the end of the open one, which then gives way, whatever comes next. */
  readonly closes: boolean
}

export interface InTheWay {
  /** A bracket of the same follow. */
  readonly open: OwnBracket | null
  readonly waiting: WaitingBracket | null
  /** A bracket of another follow of the same account and symbol, on the other side; one that stays before one that ends. */
  readonly opposite: OpenBracket | null
}

export interface Wait {
  readonly waitsFor: string
  /** The entry itself asks for the end of what it waits for. */
  readonly closes: boolean
}

/** As the explanation tells it. */
export interface Waited extends Wait {
  readonly since: string
}

/** The bracket of the same follow that refuses to give way to an entry of this side; null when none does. */
export function stayingOf({ open, waiting }: InTheWay, policy: OpenPositionPolicy, side: Side): string | null {
  const stays = open !== null && !open.ending && waiting?.closes !== true
  if (stays && (open.kept || !givesWay(policy, open.side, side))) return open.bracketId
  return waiting !== null && !givesWay(policy, waiting.side, side) ? waiting.bracketId : null
}

function givesWay(policy: OpenPositionPolicy, its: Side, side: Side): boolean {
  switch (policy) {
    case 'refuse':
      return false
    case 'reverse':
      return its !== side
    case 'replace':
      return true
  }
}

/** What an entry that nothing refuses has to wait for; null when it may go at once. */
export function waitOf({ open, opposite }: InTheWay, netting: boolean): Wait | null {
  if (open !== null) return { waitsFor: open.bracketId, closes: !open.ending }
  return netting && opposite !== null ? { waitsFor: opposite.bracketId, closes: false } : null
}

export function superseded(bySignalId: string): Denial {
  return denial('ENTRY_SUPERSEDED', { signalId: bySignalId })
}

export function withdrawn(at: Date): Denial {
  return denial('ENTRY_WITHDRAWN', { at: at.toISOString() })
}

export function waitedTooLong({ waitsFor }: Wait, expiresAt: string, now: Date): Denial {
  return denial('WAITED_TOO_LONG', { bracketId: waitsFor, expiresAt, now: now.toISOString() })
}
