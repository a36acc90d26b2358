/** Sends one signed request, or one message to a chat. Called by the deliver use case. Must never follow a redirect. */
export interface Sent {
  /** Null when there was no answer. */
  readonly status: number | null
  readonly retryAfter: string | undefined
  readonly error: 'TIMEOUT' | 'CONNECTION_FAILED' | 'ADDRESS_REFUSED' | 'REDIRECT' | null
  readonly responseExcerpt: string | null
  /** The receiver says that it is gone for good. */
  readonly gone: boolean
}

export abstract class Sender {
  abstract send(url: string, headers: Readonly<Record<string, string>>, body: string): Promise<Sent>
}
