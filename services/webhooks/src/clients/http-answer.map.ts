/** What came of a request, as the senders tell it. Called by both senders. Must never keep more of an answer than its start. */
import type { Sent } from '../ports/sender.port.ts'

/** What is read of an answer at most; the excerpt kept is shorter. */
const responseBytesMax = 16_384
const excerptCharactersMax = 500

export function unanswered(error: Sent['error']): Sent {
  return { status: null, retryAfter: undefined, error, responseExcerpt: null, gone: false }
}

export async function startOf(body: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of body) {
    chunks.push(chunk)
    bytes += chunk.length
    // Leaving the loop destroys the rest: an endless answer costs a connection, not memory.
    if (bytes > responseBytesMax) break
  }
  return Buffer.concat(chunks).toString('utf8')
}

export function excerptOf(text: string): string | null {
  const excerpt = text.replaceAll('\0', '').slice(0, excerptCharactersMax)
  return excerpt === '' ? null : excerpt
}

export function failureOf(error: unknown): NonNullable<Sent['error']> {
  const { name, code, cause } = error as { name?: string; code?: string; cause?: { code?: string } }
  if (code === 'ADDRESS_REFUSED' || cause?.code === 'ADDRESS_REFUSED') return 'ADDRESS_REFUSED'
  const timedOut = name === 'TimeoutError' || /TIMEOUT/.test(code ?? '')
  return timedOut ? 'TIMEOUT' : 'CONNECTION_FAILED'
}
