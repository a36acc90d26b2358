/**
 * What a scenario is: a name, the rows of the fault table it stands for, and what it does at which moment of the load.
 * Called by the list of scenarios and by their runner. Must never judge: the checker does.
 */
import type { DemoWatcher } from '@tradewire/launcher/demo/run-demo'
import type { LinkName } from './kit/links.ts'
import type { Stage } from './stage.ts'

export interface Hooks extends Partial<Omit<DemoWatcher, 'progress' | 'onProtected'>> {
  /** Once the positions of an alert are held and the venue's book has been noted, before prices go on. */
  readonly onHeld?: (place: number) => Promise<void>
  /** After the load has ended and everything is healed; says by `stage.expect` what must be true besides. */
  readonly atTheEnd?: () => Promise<void>
}

export interface Scenario {
  readonly name: string
  /** Of the fault table in docs/faults.md. */
  readonly rows: readonly number[]
  readonly about: string
  readonly signals: number
  /** 24 when left out. */
  readonly followers?: number
  /** How long the load may take; two minutes when left out. */
  readonly limitMs?: number
  readonly links?: readonly LinkName[]
  /** PostgreSQL stands on a disk of so many megabytes. */
  readonly diskMegabytes?: number
  /** The clocks of services can jump. */
  readonly clocks?: boolean
  readonly settings?: Readonly<Record<string, string>>
  readonly play: (stage: Stage) => Hooks | Promise<Hooks>
}
