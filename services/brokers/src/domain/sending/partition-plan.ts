/**
 * How the partitions are shared by the living processes. Pure: called by the lease keeper.
 * Must never take a partition from a living owner: an owner with too many gives them up itself.
 */
export interface LeaseView {
  readonly partition: number
  /** Null or expired: free to take. */
  readonly owner: string | null
  readonly expired: boolean
}

export interface LeasePlan {
  readonly take: readonly number[]
  readonly release: readonly number[]
}

/** `living` counts the processes that have been heard of lately, this one included. */
export function planLeases(leases: readonly LeaseView[], self: string, living: number): LeasePlan {
  const own = leases.filter((lease) => lease.owner === self && !lease.expired).map(({ partition }) => partition)
  const free = leases.filter((lease) => lease.owner === null || lease.expired).map(({ partition }) => partition)
  const fair = Math.ceil(leases.length / Math.max(1, living))
  if (own.length > fair) return { take: [], release: own.slice(fair) }
  return { take: free.slice(0, fair - own.length), release: [] }
}
