/**
 * A whole number within limits, as commands of the launcher, chaos, simulator and scripts read their options.
 * Called by commander, which prints the reason and the usage. Must never take empty text or another notation for a number.
 */
import { InvalidArgumentError } from 'commander'

export function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text)
    if (!/^\d+$/.test(text) || value < min || value > max) {
      throw new InvalidArgumentError(`must be a whole number from ${min} to ${max}`)
    }
    return value
  }
}
