/**
 * How much may be claimed next, so that no endpoint can hold up another. Called by the delivery job.
 * Must never give an endpoint that does not answer what the others need.
 */

/** Of all slots this share is kept for endpoints that answer and have nothing under way, one slot for each. */
const spareShare = 0.25
/** A failing endpoint gets one probe at a time until it answers well again. */
const failingInFlightMax = 1

export interface InFlightMax {
  readonly deliveriesInFlightMax: number
  readonly endpointInFlightMax: number
}

export interface ClaimLimits {
  readonly rows: number
  /** So many may be under way to one endpoint, with those that are already. */
  readonly perEndpoint: number
  /** The same for one that fails. */
  readonly perFailing: number
  /** How many are under way now, by endpoint. */
  readonly underWay: ReadonlyMap<string, number>
}

export function claimLimits(most: InFlightMax, underWay: ReadonlyMap<string, number>): ClaimLimits {
  const free = most.deliveriesInFlightMax - [...underWay.values()].reduce((sum, count) => sum + count, 0)
  const spare = Math.floor(most.deliveriesInFlightMax * spareShare)
  return free > spare
    ? { rows: free - spare, perEndpoint: most.endpointInFlightMax, perFailing: failingInFlightMax, underWay }
    : { rows: free, perEndpoint: 1, perFailing: 0, underWay }
}
