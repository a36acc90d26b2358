/**
 * Reads the live stream as a browser's EventSource does. Called by specs that watch it.
 * Must never fill gaps by itself: what it has not been sent it does not have.
 */
import { request } from 'undici'

export interface LiveEvent {
  readonly id: string
  readonly event: string
  readonly data: { readonly data: Readonly<Record<string, unknown>> }
}

export interface LiveReader {
  readonly events: readonly LiveEvent[]
  close(): void
}

/** Opens the stream; answers once the server has begun to answer. */
export async function readLive(url: string, token: string): Promise<LiveReader> {
  const { statusCode, body } = await request(`${url}/v1/stream`, {
    headers: { authorization: `Bearer ${token}`, accept: 'text/event-stream' },
    bodyTimeout: 0,
  })
  if (statusCode !== 200) throw new Error(`the stream was answered ${statusCode}: ${await body.text()}`)
  const events: LiveEvent[] = []
  let rest = ''
  body.setEncoding('utf8')
  body.on('data', (chunk: string) => {
    const frames = (rest + chunk).split('\n\n')
    rest = frames.pop() ?? ''
    for (const frame of frames) {
      const fields = new Map(
        frame.split('\n').map((line) => [line.split(':', 1)[0] ?? '', line.replace(/^[^:]*: ?/, '')]),
      )
      const [id, event, data] = [fields.get('id'), fields.get('event'), fields.get('data')]
      if (id !== undefined && event !== undefined && data !== undefined) {
        events.push({ id, event, data: JSON.parse(data) as LiveEvent['data'] })
      }
    }
  })
  // Closing it is an abort for undici.
  body.on('error', () => undefined)
  return { events, close: () => body.destroy() }
}
