/** What the bench found, as data: gates, growth and facts. Called by the measures and printed by the table. */

export interface Comparison {
  /** Against what: raw, BullMQ, pg-boss. */
  readonly against: string
  readonly value: number
  readonly gate: number
  readonly stretch: number
  /** `<=` or `>=`: which side of the gate is good. */
  readonly rule: '<=' | '>='
  readonly pass: boolean
  readonly stretchPass: boolean
}

export interface Gate {
  readonly name: string
  /** Ours against raw. */
  readonly value: number | null
  readonly gate: number
  readonly stretch: number
  readonly rule: '<=' | '>='
  /** False also when a comparison could not be made: no pass without a measurement. */
  readonly pass: boolean
  readonly stretchPass: boolean
  /** The figures behind the ratio, with their units. */
  readonly ours: string
  readonly raw: string
  /** What the venue alone makes of it, in milliseconds; null where no venue takes part. */
  readonly floorMs: number | null
  readonly comparisons: readonly Comparison[]
  readonly notes: readonly string[]
}

export interface Growth {
  readonly name: string
  readonly values: Readonly<Record<string, number>>
  readonly limit: string
  readonly pass: boolean
}

export interface BenchReport {
  readonly gates: Readonly<Record<string, Gate>>
  readonly growth: readonly Growth[]
  readonly facts: Readonly<Record<string, string | number>>
}

export interface ComparisonInput {
  readonly against: string
  readonly value: number
  readonly gate: number
  readonly stretch: number
  readonly rule: '<=' | '>='
}

export function comparisonOf(input: ComparisonInput): Comparison {
  const { value, gate, stretch, rule } = input
  const within = (bound: number): boolean => (rule === '<=' ? value <= bound : value >= bound)
  return { ...input, pass: within(gate), stretchPass: within(stretch) }
}

export interface GateInput {
  readonly name: string
  /** The first one is the gate's own value. */
  readonly comparisons: readonly Comparison[]
  readonly ours: string
  readonly raw: string
  readonly floorMs?: number
  readonly notes?: readonly string[]
  /** Comparisons that could not be made, with the reason. */
  readonly skipped?: readonly string[]
}

export function gateOf({ name, comparisons, ours, raw, floorMs, notes = [], skipped = [] }: GateInput): Gate {
  const [first] = comparisons
  if (first === undefined) throw new Error(`${name} compares nothing`)
  return {
    name,
    value: first.value,
    gate: first.gate,
    stretch: first.stretch,
    rule: first.rule,
    pass: skipped.length === 0 && comparisons.every(({ pass }) => pass),
    stretchPass: skipped.length === 0 && comparisons.every(({ stretchPass }) => stretchPass),
    ours,
    raw,
    floorMs: floorMs ?? null,
    comparisons: comparisons.slice(1),
    notes: [...notes, ...skipped.map((reason) => `skipped: ${reason}`)],
  }
}
