/**
 * What the bus counts, as hooks: nest-kit binds them to the metrics registry.
 * Called by the relay, the consumer runner and the answerer. Must never throw.
 */
export interface BusMetrics {
  published(messages: number): void
  publishFailed(messages: number): void
  /** Age in milliseconds of a message when its effect was committed. */
  consumed(consumer: string, events: number, ageMs: number): void
  redelivered(consumer: string, messages: number): void
  deadLettered(consumer: string, events: number): void
  storeLost(stream: string): void
  answered(subject: string, ok: boolean, durationMs: number): void
}

export const noBusMetrics: BusMetrics = {
  published: () => undefined,
  publishFailed: () => undefined,
  consumed: () => undefined,
  redelivered: () => undefined,
  deadLettered: () => undefined,
  storeLost: () => undefined,
  answered: () => undefined,
}
