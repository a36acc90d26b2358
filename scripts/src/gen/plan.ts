/** What a generator will do, before it does it. Made by the templates, carried out by apply. */
export interface NewFile {
  readonly path: string
  readonly text: string
}

/** A small change of a file that exists; throws when the file is not of the expected form. */
export interface Edit {
  readonly path: string
  readonly change: (text: string) => string
}

export interface Plan {
  readonly files: readonly NewFile[]
  readonly edits: readonly Edit[]
  /** What remains for a person, in order. */
  readonly next: readonly string[]
}

/** How templates look at the repository. */
export interface Repository {
  read(path: string): string | undefined
  /** Names of the entries of a folder, sorted; empty when there is none. */
  list(folder: string): readonly string[]
}
