/**
 * JSON that a client sent, as far as it is one object. Called by the protocols that take such bodies and messages.
 * Must never throw: what is no object is the protocol's own error.
 */
export type Fields = Readonly<Record<string, unknown>>

/** Undefined when it is no JSON, or no object. */
export function fieldsOf(text: string): Fields | undefined {
  try {
    const parsed: unknown = JSON.parse(text)
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed) ? (parsed as Fields) : undefined
  } catch {
    return undefined
  }
}
