/**
 * Followers with paper accounts and the alerts that they follow, through the doors that everyone has.
 * Called by the demo and by the drills. Must never reach around the public API.
 */
import { paperCredentialsList } from '@tradewire/contracts/paper/control'
import { setTimeout as delay } from 'node:timers/promises'
import { request } from 'undici'
import type { ControlClient } from '../paper/control-client.ts'
import { LauncherError, exitCodes } from '../terminal/launcher-error.ts'
import type { Endpoints } from '../up/endpoints.ts'
import type { StrategyView } from './demo-replies.ts'
import type { SentSignal } from './demo-result.ts'
import { type GatewayClient, GatewayError } from '../gateway/gateway-client.ts'

export interface Means {
  readonly gateway: GatewayClient
  readonly venue: ControlClient
  readonly watcher: { progress(text: string): void }
}

export interface RiskProfile {
  readonly name: string
  readonly riskPercent: string
}

export interface Alert {
  /** The alert's fields besides strategy and secret. */
  readonly alert: Readonly<Record<string, string | number>>
  readonly contentType: 'application/json' | 'text/plain'
}

const accountsPerCall = 100
const followsPerCall = 500
const knownWithinMs = 60_000
const pollMs = 150
const alertRetriesMax = 30
const alertRetryWaitMs = 1_000

/** As TradingView does: a 5xx is sent again, everything else is not. */
export async function sendAlert(endpoints: Endpoints, strategy: StrategyView, signal: Alert): Promise<SentSignal> {
  const body = JSON.stringify({ strategy: strategy.id, secret: strategy.secret, ...signal.alert })
  const url = `${endpoints.gateway}/v1/webhook/strategy`
  for (let retry = 0; ; retry += 1) {
    const at = performance.timeOrigin + performance.now()
    const startedMs = performance.now()
    const reply = await request(url, { method: 'POST', headers: { 'content-type': signal.contentType }, body })
    const text = await reply.body.text()
    const acceptMs = performance.now() - startedMs
    const signalId = reply.headers['tradewire-signal-id']
    if (reply.statusCode === 200 && typeof signalId === 'string') return { signalId, at, acceptMs }
    if (reply.statusCode < 500 || retry >= alertRetriesMax) {
      throw new LauncherError(`an alert was answered ${reply.statusCode}: ${text}`)
    }
    await delay(alertRetryWaitMs)
  }
}

/** A venue that is being restarted does not answer; walking through the same prices again does no harm. */
export async function untilAnswered<Value>(ask: () => Promise<Value>): Promise<Value> {
  const deadlineMs = performance.now() + knownWithinMs
  for (;;) {
    try {
      return await ask()
    } catch (error) {
      const away = error instanceof LauncherError && error.exitCode === exitCodes.notRunning
      if (!away || performance.now() > deadlineMs) throw error
      await delay(pollMs)
    }
  }
}

export async function profileIdOf(gateway: GatewayClient, profile: RiskProfile): Promise<string> {
  const { items } = await gateway.get<{ items: { id: string; name: string }[] }>('/v1/risk-profiles')
  const known = items.find(({ name }) => name === profile.name)
  return known?.id ?? (await gateway.post<{ id: string }>('/v1/risk-profiles', profile)).id
}

export async function connectAccounts(
  { gateway, venue, watcher }: Means,
  balances: readonly string[],
): Promise<string[]> {
  const ids: string[] = []
  for (let from = 0; from < balances.length; from += accountsPerCall) {
    watcher.progress(`connecting accounts: ${from} of ${balances.length}`)
    const chunk = balances.slice(from, from + accountsPerCall)
    const { accounts } = await venue.ask(
      {
        method: 'POST',
        path: '/accounts/batch',
        body: {
          accounts: chunk.map((balance, index) => ({
            venue: 'binance-usdm',
            balance,
            label: `follower ${from + index + 1}`,
          })),
        },
      },
      paperCredentialsList,
    )
    const { items } = await gateway.post<{
      items: { account: { id: string } | null; error: { message: string } | null }[]
    }>('/v1/accounts/batch', {
      accounts: accounts.map(({ apiKey, secret, label }) => ({
        venue: 'binance-usdm',
        label,
        credentials: { apiKey, secret },
      })),
    })
    for (const { account, error } of items) {
      if (account === null) throw new LauncherError(`an account could not be connected: ${error?.message}`)
      ids.push(account.id)
    }
  }
  return ids
}

/** The accounts become known to `signals` by an event, so the first tries may come too early. */
export async function createFollows(
  { gateway, watcher }: Means,
  follows: readonly object[],
): Promise<{ id: string }[]> {
  const created: { id: string }[] = []
  const deadlineMs = performance.now() + knownWithinMs
  for (let from = 0; from < follows.length; from += followsPerCall) {
    watcher.progress(`following the strategy: ${from} of ${follows.length}`)
    const chunk = follows.slice(from, from + followsPerCall)
    for (;;) {
      try {
        created.push(...(await gateway.post<{ items: { id: string }[] }>('/v1/follows', { follows: chunk })).items)
        break
      } catch (error) {
        const early = error instanceof GatewayError && error.code === 'ACCOUNT_NOT_FOUND'
        if (!early || performance.now() > deadlineMs) throw error
        await delay(pollMs)
      }
    }
  }
  return created
}
