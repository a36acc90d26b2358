/**
 * What the venue demands of a connection, as numbers. Called by the listeners and connections; set by the settings.
 * Must never be laxer by default than the document of the protocol.
 */

export interface XapiRules {
  readonly commandBytesMax: number
  /** Requests shall be so far apart; so many closer ones in a row end the connection. */
  readonly pacingMs: number
  readonly pacingStrikesMax: number
  readonly connectionsPerAddressMax: number
  /** A new connection that says nothing for so long is closed; 0: never. */
  readonly firstDataMs: number
  /** A session without a command for so long has ended. */
  readonly sessionIdleMs: number
  readonly keepAliveMs: number
  /** How long a transaction stays pending before it is executed. */
  readonly executionMs: number
}

export class Pacing {
  private lastMs = Number.NEGATIVE_INFINITY
  private strikes = 0

  constructor(private readonly rules: Pick<XapiRules, 'pacingMs' | 'pacingStrikesMax'>) {}

  /** True when the request at this moment is the one too many. */
  tooFast(nowMs: number): boolean {
    this.strikes = nowMs - this.lastMs < this.rules.pacingMs ? this.strikes + 1 : 0
    this.lastMs = nowMs
    return this.rules.pacingMs > 0 && this.strikes >= this.rules.pacingStrikesMax
  }
}
