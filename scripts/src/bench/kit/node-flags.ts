/** How every process of the bench is started: as `./tradewire` and the image start theirs. Called by child.ts. */

/** The straw man, the queues and the empty service get the same (docs/adr/0032, 0033). */
export const nodeFlags: readonly string[] = [
  '--max-semi-space-size=64',
  '--initial-old-space-size=256',
  '--no-parallel-scavenge',
  '--no-concurrent-sparkplug',
]
