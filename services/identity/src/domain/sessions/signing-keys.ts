/**
 * Which of the published keys signs now. Called by the token signer.
 * Must never sign with a key that was not public for a day: gateways cache the set.
 */
export interface SigningKeyTimes {
  readonly kid: string
  /** From then on it signs, until a later one takes over. */
  readonly signsFrom: Date
}

/** The key whose time came last; undefined when no key's time has come. */
export function signingKeyAt<Key extends SigningKeyTimes>(keys: readonly Key[], now: Date): Key | undefined {
  const started = keys.filter(({ signsFrom }) => signsFrom <= now)
  return started.toSorted((left, right) => right.signsFrom.getTime() - left.signsFrom.getTime())[0]
}
