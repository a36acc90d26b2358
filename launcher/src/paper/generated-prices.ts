/**
 * The made-up candles of contracts that come with the project. Called by `paper play`.
 * Must never be read from anywhere but the project's own data folder.
 */
import { readFile } from 'node:fs/promises'
import { gunzipSync } from 'node:zlib'
import type { Candle } from '../demo/recorded-prices.ts'

const file = new URL('../../data/contracts-generated-1m.csv.gz', import.meta.url)

/** One candle a minute, in order; none for a symbol that the file does not hold. */
export async function generatedPrices(symbol: string): Promise<Candle[]> {
  const text = gunzipSync(await readFile(file)).toString('utf8')
  const lines = text.split('\n').filter((line) => line.startsWith(`${symbol},`))
  return lines.map((line) => {
    const [, timestamp = '', open = '', high = '', low = '', close = ''] = line.split(',')
    return { at: Date.parse(`${timestamp.replace(' ', 'T')}Z`), open, high, low, close }
  })
}
