/** The data keys of all that is sealed here, and the master keys over them. Implemented in store/. Must never offer a key. */
export interface MasterVersionUse {
  readonly version: number
  /** Data keys that the master key of this version seals. */
  readonly sealed: number
}

export abstract class SealedKeys {
  /** The master key that seals from now on. */
  abstract newestVersion(): number
  /** Seals some data keys by the newest master key that an older one seals; answers how many. Fields stay as they are. */
  abstract rewrapSome(): Promise<number>
  abstract versionsInUse(): Promise<readonly MasterVersionUse[]>
}
