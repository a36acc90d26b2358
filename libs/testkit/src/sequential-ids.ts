/**
 * Ids that count: the same test makes the same ids. Called by unit tests and simulations.
 * Must never be used twice with the same series where ids meet, such as in one database.
 */
import { type Id, IdSource } from '@tradewire/kernel/ids'

const hexadecimal = 16

export class SequentialIds extends IdSource {
  private count = 0
  private readonly series: string

  /** `series` tells several sources of one test apart: 0 to 65535. */
  constructor(series = 0) {
    super()
    this.series = series.toString(hexadecimal).padStart(4, '0')
  }

  /** 00000000-0000-7000-8000-000000000001 first. */
  override next<Name extends string>(): Id<Name> {
    this.count += 1
    return `00000000-${this.series}-7000-8000-${this.count.toString(hexadecimal).padStart(12, '0')}` as Id<Name>
  }
}
