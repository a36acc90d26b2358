/**
 * The recorded Bitcoin candles that come with the project. Called by the demo.
 * Must never be read from anywhere but the project's own data folder.
 */
import { readFile } from 'node:fs/promises'
import { gunzipSync } from 'node:zlib'

export interface Candle {
  /** Milliseconds since 1970. */
  readonly at: number
  readonly open: string
  readonly high: string
  readonly low: string
  readonly close: string
}

const file = new URL('../../data/btc-perp-2022-01-1m.csv.gz', import.meta.url)

/** One candle a minute, in order. */
export async function recordedPrices(): Promise<Candle[]> {
  const text = gunzipSync(await readFile(file)).toString('utf8')
  const [, ...lines] = text.trim().split('\n')
  return lines.map((line) => {
    const [timestamp = '', open = '', high = '', low = '', close = ''] = line.split(',')
    return { at: Date.parse(`${timestamp.replace(' ', 'T')}Z`), open, high, low, close }
  })
}
