/**
 * Rings when entries may be waiting for their turn, so that they need not wait for the next poll as well.
 * Rung after commits, heard by the wake job. Must never carry a fact: whoever hears it looks into the database.
 */
export class SlotBell {
  private readonly listeners = new Set<() => void>()

  ring(): void {
    for (const listener of this.listeners) listener()
  }

  onRing(listener: () => void): void {
    this.listeners.add(listener)
  }
}
