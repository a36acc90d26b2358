/** The data keys of all that is sealed here, and the master keys over them. Implemented in store/. Must never offer a key. */
export interface MasterVersionUse {
  readonly version: number
  /** Data keys that the master key of this version seals. */
  readonly sealed: number
}

export abstract class SealedKeys {
  /** The master key that seals from now on. */
  abstract newestVersion(): Promise<number>
  /** Seals some data keys anew that a master key before `newest` seals; answers how many. Fields stay as they are. */
  abstract rewrapSome(newest: number): Promise<number>
  abstract versionsInUse(): Promise<readonly MasterVersionUse[]>
}
