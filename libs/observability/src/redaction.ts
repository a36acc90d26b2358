/**
 * Takes secrets out of what is logged, by key name at any depth and by form in text.
 * Called by the logger for every line. Must never change the object it is given, and must stay cheap:
 * an object without secrets is returned as it is, without a copy.
 */
export const redacted = '[redacted]'

/** Deeper levels are cut: nobody reads them and cycles end here. */
const depthMax = 8
const arrayItemsMax = 200
const keyCacheMax = 5_000

const SECRET_KEY =
  /passw(?:or)?d|passphrase|secret|api-?key|private-?key|signing-?key|access-?key|master-?key|token|authorization|credential|cookie|x-signature|^seed$|^otp$|^mfa$/
/** These hold "token" or the like in their name and are no secret. */
const HARMLESS_KEY = /^(?:next-?token|partition-?token|token-?type|token-?count|secret-?ref)$/
const URL_PASSWORD = /(\/\/[^:/?#\s"@]{0,200}:)[^@/\s"]{1,200}(?=@)/g
const BEARER = /\b(Bearer|Basic) [A-Za-z0-9._~+/=-]{8,}/g

/** Where PostgreSQL's errors and TypeORM's hold what stands in a row or was to: keys and hashes among it. */
const ROW_FIELDS = new Set(['detail', 'where', 'internalQuery', 'parameters', 'driverError'])

const decisions = new Map<string, boolean>()

/** True for names such as password, apiKey, X-API-KEY, refresh_token, private_key. */
export function isSecretKey(key: string): boolean {
  const known = decisions.get(key)
  if (known !== undefined) return known
  const plain = key.toLowerCase().replaceAll('_', '-')
  const secret = SECRET_KEY.test(plain) && !HARMLESS_KEY.test(plain)
  if (decisions.size < keyCacheMax) decisions.set(key, secret)
  return secret
}

/** Hides passwords inside URLs and bearer tokens inside any text. */
export function redactText(text: string): string {
  let clean = text
  if (clean.includes('//') && clean.includes('@')) clean = clean.replace(URL_PASSWORD, `$1${redacted}`)
  if (clean.includes('Bearer ') || clean.includes('Basic ')) clean = clean.replace(BEARER, `$1 ${redacted}`)
  return clean
}

/** The value with every secret replaced; errors become plain objects with type, message, stack and their fields. */
export function redactObject(value: Record<string, unknown>): Record<string, unknown> {
  return redactFields(value, 0) as Record<string, unknown>
}

function redactValue(value: unknown, depth: number): unknown {
  if (typeof value !== 'object' || value === null) return typeof value === 'bigint' ? value.toString() : value
  if (depth >= depthMax) return '[deeper]'
  if (value instanceof Error) return redactFields(plainError(value), depth)
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`
  if (value instanceof Map || value instanceof Set) return `[${value.constructor.name} of ${value.size}]`
  if (typeof (value as { toJSON?: unknown }).toJSON === 'function') return value
  return Array.isArray(value) ? redactItems(value, depth) : redactFields(value as Record<string, unknown>, depth)
}

function redactItems(items: readonly unknown[], depth: number): unknown {
  let copy: unknown[] | undefined
  const count = Math.min(items.length, arrayItemsMax)
  for (let index = 0; index < count; index += 1) {
    const clean = redactValue(items[index], depth + 1)
    if (clean !== items[index]) (copy ??= items.slice(0, count))[index] = clean
  }
  if (items.length <= arrayItemsMax) return copy ?? items
  return [...(copy ?? items.slice(0, count)), `[${items.length - arrayItemsMax} more]`]
}

function redactFields(fields: Record<string, unknown>, depth: number): unknown {
  let copy: Record<string, unknown> | undefined
  for (const key of Object.keys(fields)) {
    const value = fields[key]
    const hide = isSecretKey(key) && value !== undefined && value !== null
    const clean = hide ? redacted : redactValue(value, depth + 1)
    if (clean !== value) (copy ??= { ...fields })[key] = clean
  }
  return copy ?? fields
}

function plainError(error: Error): Record<string, unknown> {
  const own = Object.fromEntries(Object.entries(error).filter(([field]) => !ROW_FIELDS.has(field)))
  const cause = error.cause === undefined ? {} : { cause: error.cause }
  return { ...own, type: error.name, message: error.message, stack: error.stack, ...cause }
}
