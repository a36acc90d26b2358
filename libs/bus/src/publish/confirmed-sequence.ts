/** Up to which stream sequence every consumer is done. Called by StoreWatch. Must never guess upwards. */
export interface ConsumerProgress {
  /** Messages of its filter that were not delivered yet. */
  readonly pending: number
  readonly unacknowledged: number
  readonly deliveredSequence: number
  readonly floorSequence: number
}

/**
 * `lastSequence` is the stream's end, read before the consumers. A consumer that is known but missing now confirms
 * nothing (it may come back after a lost store), and without any consumer nothing is confirmed.
 */
export function confirmedSequenceOf(
  lastSequence: number,
  known: readonly string[],
  progress: ReadonlyMap<string, ConsumerProgress>,
): number {
  let least = known.length === 0 ? 0 : lastSequence
  for (const name of known) {
    const consumer = progress.get(name)
    least = Math.min(least, consumer === undefined ? 0 : floorOf(consumer, lastSequence))
  }
  return least
}

function floorOf(consumer: ConsumerProgress, lastSequence: number): number {
  if (consumer.unacknowledged > 0) return consumer.floorSequence
  // All that was delivered is done; what lies between that and the stream's end is not for this consumer.
  return consumer.pending === 0 ? lastSequence : Math.max(consumer.floorSequence, consumer.deliveredSequence)
}
