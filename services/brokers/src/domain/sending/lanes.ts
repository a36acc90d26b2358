/**
 * Who may be sent next: one order of an account at a time, exits before entries, so many at once over all accounts, and
 * some slots more for exits alone. Pure: called by placement.
 * Must never let an order overtake an earlier one of its own class and account.
 */
export interface LaneItem {
  readonly id: string
  readonly accountId: string
  /** Exits and cancels go before entries, in an account and among accounts. */
  readonly exit: boolean
}

interface Lane<Item> {
  readonly exits: Item[]
  readonly entries: Item[]
  busy: boolean
  /** Reasons for which entries wait: an unread account, an order whose outcome is unknown. */
  holds: number
}

export interface LaneSlots {
  readonly all: number
  /** Besides: exits need not wait for the answer to an entry. */
  readonly exits: number
}

export class Lanes<Item extends LaneItem> {
  private readonly lanes = new Map<string, Lane<Item>>()
  /** Accounts whose next order could go now; sets keep the order in which they became ready. */
  private readonly readyExits = new Set<string>()
  private readonly readyEntries = new Set<string>()
  private inFlight = 0

  constructor(
    private readonly slots: LaneSlots,
    /** Whether entries of the account may go at all; `recheck` when that changes. */
    private readonly mayEnter: (accountId: string) => boolean = () => true,
  ) {}

  get isBusy(): boolean {
    return this.inFlight > 0
  }

  /** For an item of the class. */
  slotsFree(exit: boolean): number {
    return Math.max(0, this.slots.all + (exit ? this.slots.exits : 0) - this.inFlight)
  }

  get queued(): number {
    let count = 0
    for (const lane of this.lanes.values()) count += lane.exits.length + lane.entries.length
    return count
  }

  add(item: Item): void {
    const lane = this.laneOf(item.accountId)
    if (item.exit) lane.exits.push(item)
    else lane.entries.push(item)
    this.refresh(item.accountId, lane)
  }

  /**
   * Starts an item at once, past the queues, if it would be the next of its account anyway and a slot is free.
   * It then holds slot and account until `done`, as if taken.
   */
  tryStart(item: Item): boolean {
    if (this.slotsFree(item.exit) <= 0) return false
    const lane = this.lanes.get(item.accountId)
    if (lane !== undefined && (lane.busy || lane.exits.length > 0)) return false
    if (lane !== undefined && !item.exit && (lane.holds > 0 || lane.entries.length > 0)) return false
    if (!item.exit && !this.mayEnter(item.accountId)) return false
    const own = this.laneOf(item.accountId)
    own.busy = true
    this.inFlight += 1
    this.refresh(item.accountId, own)
    return true
  }

  /** Puts an item back before the others of its class: it was taken but not sent. */
  putBack(item: Item): void {
    const lane = this.laneOf(item.accountId)
    if (item.exit) lane.exits.unshift(item)
    else lane.entries.unshift(item)
    this.refresh(item.accountId, lane)
  }

  /** Takes up to `itemsMax` items of these classes that may go now; each holds a slot and its account until `done`. */
  take(itemsMax: number, isWanted: (exit: boolean) => boolean = () => true): Item[] {
    const taken: Item[] = []
    for (const [exit, ready, queueOf] of this.classes()) {
      if (!isWanted(exit)) continue
      const limit = Math.min(itemsMax, this.slotsFree(exit))
      for (const accountId of ready) {
        if (taken.length >= limit) break
        const lane = this.lanes.get(accountId)
        const item = lane === undefined ? undefined : queueOf(lane).shift()
        if (lane === undefined || item === undefined) continue
        lane.busy = true
        this.refresh(accountId, lane)
        taken.push(item)
      }
    }
    return this.noteTaken(taken)
  }

  /** The account's order in flight has ended, however it ended. */
  done(accountId: string): void {
    const lane = this.lanes.get(accountId)
    if (lane === undefined || !lane.busy) return
    lane.busy = false
    this.inFlight -= 1
    this.refresh(accountId, lane)
  }

  /** Takes a waiting item out; undefined when it is not waiting. */
  remove(accountId: string, id: string): Item | undefined {
    const lane = this.lanes.get(accountId)
    if (lane === undefined) return undefined
    for (const queue of [lane.exits, lane.entries]) {
      const index = queue.findIndex((item) => item.id === id)
      if (index < 0) continue
      const [item] = queue.splice(index, 1)
      this.refresh(accountId, lane)
      return item
    }
    return undefined
  }

  /** Takes out everything that waits and matches; for accounts that are given up. */
  removeAll(matches: (item: Item) => boolean): Item[] {
    const removed: Item[] = []
    for (const [accountId, lane] of this.lanes) {
      for (const queue of [lane.exits, lane.entries]) {
        const kept = queue.filter((item) => !matches(item))
        removed.push(...queue.filter(matches))
        queue.splice(0, queue.length, ...kept)
      }
      this.refresh(accountId, lane)
    }
    return removed
  }

  /** Entries of the account wait until as many releases. Exits go on. */
  holdEntries(accountId: string): void {
    const lane = this.laneOf(accountId)
    lane.holds += 1
    this.refresh(accountId, lane)
  }

  releaseEntries(accountId: string): void {
    const lane = this.lanes.get(accountId)
    if (lane === undefined || lane.holds === 0) return
    lane.holds -= 1
    this.refresh(accountId, lane)
  }

  /** Whether the account's entries may go has changed. */
  recheck(accountId: string): void {
    const lane = this.lanes.get(accountId)
    if (lane !== undefined) this.refresh(accountId, lane)
  }

  private classes(): [boolean, Set<string>, (lane: Lane<Item>) => Item[]][] {
    return [
      [true, this.readyExits, (lane) => lane.exits],
      [false, this.readyEntries, (lane) => lane.entries],
    ]
  }

  private noteTaken(taken: Item[]): Item[] {
    this.inFlight += taken.length
    return taken
  }

  private laneOf(accountId: string): Lane<Item> {
    const known = this.lanes.get(accountId)
    if (known !== undefined) return known
    const lane: Lane<Item> = { exits: [], entries: [], busy: false, holds: 0 }
    this.lanes.set(accountId, lane)
    return lane
  }

  private refresh(accountId: string, lane: Lane<Item>): void {
    setMember(this.readyExits, accountId, !lane.busy && lane.exits.length > 0)
    const entryReady =
      !lane.busy && lane.exits.length === 0 && lane.holds === 0 && lane.entries.length > 0 && this.mayEnter(accountId)
    setMember(this.readyEntries, accountId, entryReady)
    const idle = !lane.busy && lane.holds === 0 && lane.exits.length === 0 && lane.entries.length === 0
    if (idle) this.lanes.delete(accountId)
  }
}

function setMember(members: Set<string>, member: string, present: boolean): void {
  if (!present) members.delete(member)
  else if (!members.has(member)) members.add(member)
}
