/**
 * Our id of one part of an order, where each part is opened by itself and the venue has little room. Pure: called by the
 * adapters of such venues. Must never make two parts alike.
 */
const partsText = 'abcdefghijklmnopqrstuvwxyz'
const ourId = /^([0-9a-z]{25})(?:([a-z])|([A-Z]))?$/

/** What an id of ours says: which order, and which part of it; `last` where it is the last part. */
export interface OwnId {
  readonly clientOrderId: string
  readonly part: number
  readonly last: boolean
}

/** A part is one letter behind our id: a capital for the last one. */
export function partIdOf(clientOrderId: string, part: number, parts: number): string {
  if (parts === 1) return clientOrderId
  const letter = partsText.charAt(part - 1)
  return clientOrderId + (part === parts ? letter.toUpperCase() : letter)
}

/** Null for what is not ours. */
export function ownIdOf(text: string): OwnId | null {
  const [, clientOrderId, letter, last] = ourId.exec(text) ?? []
  if (clientOrderId === undefined) return null
  const word = letter ?? last?.toLowerCase()
  return { clientOrderId, part: word === undefined ? 1 : partsText.indexOf(word) + 1, last: letter === undefined }
}

/** True when every part of an order is there. */
export function isWhole(texts: readonly string[]): boolean {
  const ids = texts.flatMap((text) => ownIdOf(text) ?? [])
  const last = ids.find((id) => id.last)
  return last !== undefined && new Set(ids.map(({ part }) => part)).size === last.part
}
