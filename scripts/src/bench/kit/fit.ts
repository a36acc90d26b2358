/** A straight line through measured costs. Called by the growth bench. */

export interface Point {
  readonly size: number
  readonly cost: number
}

export interface Line {
  /** What a signal costs however few follow. */
  readonly fixed: number
  /** What each follower adds. */
  readonly perFollower: number
  /** How far the worst point lies from the line. */
  readonly worstPercent: number
}

const hundred = 100

/** The line with the smallest relative errors: otherwise the largest size would decide alone. */
export function lineThrough(points: readonly Point[]): Line {
  const weighted = points.map(({ size, cost }) => ({ size, cost, weight: 1 / cost ** 2 }))
  const total = (of: (point: (typeof weighted)[number]) => number): number =>
    weighted.reduce((sum, point) => sum + of(point) * point.weight, 0)
  const meanSize = total(({ size }) => size) / total(() => 1)
  const meanCost = total(({ cost }) => cost) / total(() => 1)
  const spread = total(({ size }) => (size - meanSize) ** 2)
  const together = total(({ size, cost }) => (size - meanSize) * (cost - meanCost))
  const perFollower = spread === 0 ? 0 : together / spread
  const fixed = meanCost - perFollower * meanSize
  const errors = points.map(({ size, cost }) => Math.abs(fixed + perFollower * size - cost) / cost)
  return { fixed, perFollower, worstPercent: Math.max(...errors) * hundred }
}
