/** Reads the parameters out of a stored hash. Called by the hasher. Must never judge a password. */
export interface HashParameters {
  readonly memoryKib: number
  readonly passes: number
  readonly lanes: number
}

/** True when a PHC text was not made by argon2id version 19 with exactly these parameters. */
export function isOutdated(phcText: string, { memoryKib, passes, lanes }: HashParameters): boolean {
  return !phcText.startsWith(`$argon2id$v=19$m=${memoryKib},t=${passes},p=${lanes}$`)
}
