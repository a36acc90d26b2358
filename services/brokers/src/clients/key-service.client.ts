/**
 * What the clients of key services read alike: replies as JSON, data keys as base64. Called by those clients.
 * Must never put what it reads into a message.
 */
const dataKeyBytes = 32

/** Null for anything but a data key. */
export function dataKeyOf(base64: string | undefined): Buffer | null {
  const key = Buffer.from(base64 ?? '', 'base64')
  return key.length === dataKeyBytes ? key : null
}

/** Null for text that is not JSON. */
export function jsonOrNull(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
