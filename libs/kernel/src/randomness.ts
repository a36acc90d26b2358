/**
 * Randomness as a dependency: secrets from the system, seeded sequences in simulations.
 * Called where jitter, secrets or shuffles are needed. A seeded source must never make a secret.
 */
import { randomBytes } from 'node:crypto'

export abstract class Randomness {
  abstract bytes(count: number): Buffer
  /** Uniform in [0, 1). */
  abstract fraction(): number
}

export class SystemRandomness extends Randomness {
  bytes(count: number): Buffer {
    return randomBytes(count)
  }

  fraction(): number {
    return randomBytes(6).readUIntBE(0, 6) / 2 ** 48
  }
}

/** A repeatable sequence (mulberry32); for simulations, demos and tests. */
export class SeededRandomness extends Randomness {
  private state: number

  constructor(seed: number) {
    super()
    this.state = seed >>> 0
  }

  bytes(count: number): Buffer {
    return Buffer.from(Array.from({ length: count }, () => Math.floor(this.fraction() * 256)))
  }

  fraction(): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0
    let mixed = this.state
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
