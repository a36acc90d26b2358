/**
 * The parts of one account's session at an xAPI venue, put together. Called by the adapter.
 * Must never share a connection with another account.
 */
import type { Clock } from '@tradewire/kernel/clock'
import type { Randomness } from '@tradewire/kernel/randomness'
import { LevelSession } from '#clients/level-session.client'
import { XapiAccount } from './xapi-account.client.ts'
import type { XapiAddress } from './xapi-link.client.ts'
import { type XapiLogin, XapiMain } from './xapi-main.client.ts'
import { XapiNews } from './xapi-news.client.ts'
import { XapiReads } from './xapi-reads.client.ts'
import { XapiTransactions } from './xapi-transactions.client.ts'
import { XapiVenue } from './xapi-venue.client.ts'

export interface XapiSessionOptions {
  readonly main: XapiAddress
  readonly stream: XapiAddress
  readonly login: XapiLogin
  readonly clock: Clock
  readonly randomness: Randomness
  readonly requestTimeoutMs: number
  readonly pacingMs: number
  /** How far back a lookup of one order reads. */
  readonly historyMs: number
}

export function xapiSession(options: XapiSessionOptions): LevelSession<number> {
  const { clock, randomness, requestTimeoutMs, pacingMs, login, historyMs } = options
  const onDown = (message: string) => news.renew(message)
  const main = new XapiMain({ address: options.main, login, clock, requestTimeoutMs, pacingMs, onDown })
  const account = new XapiAccount(main, clock)
  const transactions = new XapiTransactions(main, clock, requestTimeoutMs)
  const news = new XapiNews(account, transactions, { address: options.stream, clock, randomness, pacingMs })
  return new LevelSession(new XapiVenue(account, transactions), new XapiReads(account, news, historyMs))
}
