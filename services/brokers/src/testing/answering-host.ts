/**
 * A venue's host without a socket, which answers what a test says. Called by the hostile specs: ten thousand replies take seconds.
 * Must never stand for a connection: what one can do is shown over real sockets.
 */
import { ok, type Result } from '@tradewire/kernel/result'
import { type VenueFailure, VenueHttp, type VenueReply, type VenueRequest } from '#clients/venue-http.client'

export interface HostAnswer {
  readonly status: number
  readonly body: string
}

export class AnsweringHost extends VenueHttp {
  constructor(private readonly answer: (request: VenueRequest) => HostAnswer) {
    super({ origin: 'http://nobody.invalid', connectionsMax: 1, requestTimeoutMs: 1_000 })
  }

  override send(request: VenueRequest): Promise<Result<VenueReply, VenueFailure>> {
    const { status, body } = this.answer(request)
    return Promise.resolve(ok({ status, statusText: '', headers: {}, text: body }))
  }
}
