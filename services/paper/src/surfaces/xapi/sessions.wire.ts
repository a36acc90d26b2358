/**
 * Who is logged in: sessions with their stream tokens, and pairs of login and password that are locked for a while.
 * Called by the connections. Must never keep a password.
 */
import { createHash, timingSafeEqual } from 'node:crypto'
import type { Randomness } from '@tradewire/kernel/randomness'
import { err, ok, type Result } from '@tradewire/kernel/result'
import type { Account } from '#domain/state'
import type { RunningVenue } from '#ports/running-venue.port'
import { venueName } from './command.wire.ts'
import { xapiError, type XapiError } from './xapi-error.wire.ts'

const lockMs = 600_000
const locksMax = 10_000
const tokenBytes = 8
const tokenDigits = 19

export interface XapiSession {
  readonly account: Account
  readonly streamSessionId: string
  lastCommandAt: number
}

export class XapiSessions {
  private readonly byToken = new Map<string, XapiSession>()
  private readonly locked = new Map<string, number>()
  private readonly endings: ((session: XapiSession) => void)[] = []

  constructor(
    private readonly venue: RunningVenue,
    private readonly randomness: Randomness,
  ) {}

  onEnd(listener: (session: XapiSession) => void): void {
    this.endings.push(listener)
  }

  login(userId: string, password: string): Result<XapiSession, XapiError> {
    const now = this.venue.now()
    const pair = createHash('sha256').update(`${userId}\n${password}`).digest('hex')
    if ((this.locked.get(pair) ?? 0) > now) return err(xapiError('EX007'))
    const account = this.venue.state.accountsByKey.get(userId)
    if (account?.venue !== venueName || !equal(account.secret, password)) {
      this.locked.set(pair, now + lockMs)
      const [oldest] = this.locked.keys()
      if (this.locked.size > locksMax && oldest !== undefined) this.locked.delete(oldest)
      return err(xapiError('BE005'))
    }
    const number = BigInt(`0x${this.randomness.bytes(tokenBytes).toString('hex')}`)
    const streamSessionId = number.toString().padStart(tokenDigits, '1').slice(-tokenDigits)
    const session = { account, streamSessionId, lastCommandAt: now }
    this.byToken.set(streamSessionId, session)
    return ok(session)
  }

  byStreamToken(streamSessionId: string): XapiSession | undefined {
    return this.byToken.get(streamSessionId)
  }

  end(session: XapiSession): void {
    if (!this.byToken.delete(session.streamSessionId)) return
    for (const listener of this.endings) listener(session)
  }
}

function equal(secret: string, given: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(secret), digest(given))
}
