/** Percentiles of what was measured. Called by the demo's report. Must never invent one from no measurement. */
export interface Percentiles {
  readonly count: number
  /** Milliseconds, one digit after the point; null when nothing was measured. */
  readonly p50: number | null
  readonly p99: number | null
  readonly max: number | null
}

export function percentilesOf(values: readonly number[]): Percentiles {
  const sorted = values.toSorted((a, b) => a - b)
  const at = (share: number) => {
    const value = sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)]
    return value === undefined ? null : Math.round(value * 10) / 10
  }
  return { count: sorted.length, p50: at(0.5), p99: at(0.99), max: at(1) }
}
