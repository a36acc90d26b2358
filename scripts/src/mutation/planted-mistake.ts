/**
 * A mistake as data: what is replaced by what, and the tests that must not forgive it. Pure.
 * Called by the mutation gate. Must never be planted somewhere else than where it was meant.
 */
export interface PlantedMistake {
  readonly name: string
  readonly about: string
  /** From the root of the repository. */
  readonly file: string
  /** Stands there exactly once. */
  readonly find: string
  readonly replace: string
  /** The smallest set of tests that must turn red. */
  readonly spec: string
  /** Of these the ones with a name like this. */
  readonly test?: string
}

/** The source with the mistake in it; throws when the source has moved on and the mistake no longer fits. */
export function plant(source: string, { name, file, find, replace }: PlantedMistake): string {
  const places = source.split(find).length - 1
  if (places !== 1) {
    throw new Error(`${name}: what it replaces stands ${places} times in ${file}; fit the mistake to the source again`)
  }
  // A function, so that nothing in the replacement is read as a pattern.
  return source.replace(find, () => replace)
}
