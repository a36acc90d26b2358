/** Streams and subjects of the straw man; its own, on the same server. Called by its processes and their starter. */

export const strawStreams = { signals: 'STRAW_SIGNALS', events: 'STRAW_EVENTS' } as const
export const strawSubjects = { signal: 'straw.signal', event: 'straw.event' } as const
export const strawConsumer = 'straw-worker'
