/** What each of the crowd needs of it: a lot to draw, and an operator to ask. Called by the payers of each provider. */

/** What one of many does of their own accord. */
export interface Chances {
  chance(of: number): boolean
  fraction(): number
  /** An operator gives all that is left of a payment back. */
  giveBack(externalId: string): Promise<void>
}
