/**
 * How an intent id travels to a venue and back. Called by placement for each order and by adapters for each update.
 * Must never be changed for a venue that has open orders: their ids would no longer be recognised.
 */

/** What a venue accepts as our id of an order (reliability rule R12). */
export interface ClientIdRule {
  /** The field on the wire, for documentation and the wire test. */
  readonly field: string
  readonly lengthMax: number
  readonly characters: 'base36' | 'hex' | 'uuid'
  /** Among which orders the venue refuses a second use of the same id. */
  readonly uniqueness: 'open-orders' | 'forever' | 'none'
  /** Whether an order can be asked for by this id. */
  readonly queryable: boolean
  /** For how long an accepted order may be invisible to queries. */
  readonly readLagMs: number
}

const uuidHex = /^[0-9a-f]{32}$/
const base36Length = 25

/** 128 bits as 25 characters of 0-9a-z: always the same length, so that ids of ours are told from others. */
export function base36OfUuid(uuid: string): string {
  const hex = hexOfUuid(uuid)
  return BigInt(`0x${hex}`).toString(36).padStart(base36Length, '0')
}

/** The UUID of 25 base36 characters; null when the text cannot be one of ours. */
export function uuidOfBase36(text: string): string | null {
  if (text.length !== base36Length || !/^[0-9a-z]+$/.test(text)) return null
  let value = 0n
  for (const character of text) value = value * 36n + BigInt(Number.parseInt(character, 36))
  const hex = value.toString(16)
  if (hex.length > 32) return null
  return uuidOfHex(hex.padStart(32, '0'))
}

/** The id that goes to the venue. Throws when the rule leaves no room for 128 bits: such a rule is a mistake. */
export function encodeClientOrderId(rule: ClientIdRule, intentId: string): string {
  const encoded = encodedBy(rule, intentId)
  if (encoded.length > rule.lengthMax) throw new Error(`${rule.field}: ${encoded.length} characters do not fit`)
  return encoded
}

/** The intent of a client order id in any of our forms, which differ in length; null when it is not one of ours. */
export function intentOfClientOrderId(clientOrderId: string): string | null {
  const forms = ['base36', 'hex', 'uuid'] as const
  for (const characters of forms) {
    const intentId = decodedBy(characters, clientOrderId)
    if (intentId !== null) return intentId
  }
  return null
}

/** The intent of a client order id; null when the order is not one of ours. */
export function decodeClientOrderId(rule: ClientIdRule, clientOrderId: string): string | null {
  return decodedBy(rule.characters, clientOrderId)
}

function decodedBy(characters: ClientIdRule['characters'], clientOrderId: string): string | null {
  switch (characters) {
    case 'base36':
      return uuidOfBase36(clientOrderId)
    case 'hex':
      return uuidHex.test(clientOrderId) ? uuidOfHex(clientOrderId) : null
    case 'uuid':
      return uuidHex.test(clientOrderId.replaceAll('-', '')) && clientOrderId.length === 36 ? clientOrderId : null
  }
}

function encodedBy(rule: ClientIdRule, intentId: string): string {
  switch (rule.characters) {
    case 'base36':
      return base36OfUuid(intentId)
    case 'hex':
      return hexOfUuid(intentId)
    case 'uuid':
      return intentId
  }
}

function hexOfUuid(uuid: string): string {
  const hex = uuid.replaceAll('-', '')
  if (!uuidHex.test(hex)) throw new RangeError(`not a UUID: ${uuid.slice(0, 64)}`)
  return hex
}

function uuidOfHex(hex: string): string {
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}
