/**
 * Everything that is left to chance in a simulated run, drawn from one seed.
 * Called by every part of the world. Must never be fed by anything but its seed: a run must repeat.
 */
import { type Id, IdSource } from '@tradewire/kernel/ids'
import { SeededRandomness } from '@tradewire/kernel/randomness'

export class Choices {
  readonly randomness: SeededRandomness

  constructor(seed: number) {
    this.randomness = new SeededRandomness(seed)
  }

  chance(probability: number): boolean {
    return this.randomness.fraction() < probability
  }

  /** A whole number from `least` to `most`. */
  whole(least: number, most: number): number {
    return least + Math.floor(this.randomness.fraction() * (most - least + 1))
  }

  oneOf<Value>(values: readonly Value[]): Value {
    return values[this.whole(0, values.length - 1)]!
  }
}

const uuidHexDigits = 12

/** Ids that repeat with the run: numbered, in the form of UUIDv7. */
export class NumberedIds extends IdSource {
  private last = 0

  next<Name extends string>(): Id<Name> {
    this.last += 1
    return `01963a5e-0000-7000-9000-${this.last.toString(16).padStart(uuidHexDigits, '0')}` as Id<Name>
  }
}
