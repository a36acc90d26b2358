/** One order to the stub exchange at the least cost that undici allows. Called by the straw man and the peers. */
import type { Pool } from 'undici'

export interface StubPost {
  readonly account: string
  readonly body: string
}

/** Answers the reply's text; anything but 200 ends the process, for the comparison would be void. */
export function post(pool: Pool, { account, body }: StubPost, answered: (text: string) => void): void {
  const chunks: Buffer[] = []
  let status = 0
  pool.dispatch(
    {
      method: 'POST',
      path: '/direct/v1/orders',
      headers: { 'x-api-key': account, 'content-type': 'application/json' },
      body,
    },
    {
      onRequestStart: () => undefined,
      onResponseStart: (_controller, code) => {
        status = code
      },
      onResponseData: (_controller, chunk) => {
        chunks.push(chunk)
      },
      onResponseEnd: () => {
        if (status !== 200) throw new Error(`the stub answered ${status}`)
        answered(chunks.length === 1 ? chunks[0]!.toString() : Buffer.concat(chunks).toString())
      },
      onResponseError: (_controller, error) => {
        throw error
      },
    },
  )
}
