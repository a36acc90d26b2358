/** What of a key may be shown: enough for its owner to know it again. Called when an account is connected. Pure. */
const shownCharacters = 4
/** A shorter key is not shown at all: what is left would be too easy to guess. */
const hiddenCharactersMin = 8

export function keyHintOf(key: string): string {
  if (key.length < 2 * shownCharacters + hiddenCharactersMin) return '****'
  return `${key.slice(0, shownCharacters)}****${key.slice(-shownCharacters)}`
}
