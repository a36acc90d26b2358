import type { AccountId, FollowId } from '@tradewire/kernel/ids'
import { describe, expect, it } from 'vitest'
import {
  confirmationFault,
  confirmWithinMs,
  EngagedSwitches,
  type KillSwitch,
  releasedOf,
  sourcePause,
  trippedOf,
} from './kill-switch.ts'

const follow = '78ca1450-a3a6-459d-ad1b-7c142ae9b2c1' as FollowId
const account = 'df30b2fa-adc8-47cb-a9f5-be90ae259827' as AccountId
const at = new Date('2022-01-10T12:00:00.000Z')

function engaged(id: string, changes: Partial<KillSwitch>): KillSwitch {
  return {
    id,
    scope: 'platform',
    scopeId: null,
    mode: 'exit-only',
    cause: 'command',
    reason: 'a drill',
    loss: null,
    engagedBy: 'somebody',
    byOperator: true,
    engagedAt: at,
    endsAt: null,
    releasedAt: null,
    releasedBy: null,
    ...changes,
  }
}

describe('engaged kill switches', () => {
  it('say nothing when there are none, or when they are about others', () => {
    expect(new EngagedSwitches([]).command(follow, account)).toBeNull()
    const other = engaged('a', { scope: 'account', scopeId: 'another' })
    expect(new EngagedSwitches([other]).command(follow, account)).toBeNull()
  })

  it.each([
    ['the platform', engaged('a', {})],
    ['the strategy', engaged('a', { scope: 'strategy', scopeId: 'of the signal' })],
    ['the follow', engaged('a', { scope: 'follow', scopeId: follow })],
    ['the account', engaged('a', { scope: 'account', scopeId: account })],
  ])('of %s speak against an entry', (_name, one) => {
    expect(new EngagedSwitches([one]).command(follow, account)).toMatchObject({
      killSwitchId: 'a',
      scope: one.scope,
    })
  })

  it('refuse with the code of their cause', () => {
    const endsAt = new Date('2022-01-11T00:00:00.000Z')
    const loss = {
      period: 'day',
      lost: '500',
      allowed: '500',
      equityAtStart: '10000',
      currency: 'USDT',
      startsAt: at.toISOString(),
      source: 'follow',
    } as const
    const switches = new EngagedSwitches([
      engaged('a', { scope: 'follow', scopeId: follow, cause: 'loss-limit', loss, endsAt }),
    ])
    expect(switches.command(follow, account)).toBeNull()
    expect(switches.lossLimit(follow, account)).toEqual({
      ...loss,
      killSwitchId: 'a',
      endsAt: endsAt.toISOString(),
    })
  })

  it('name the first of several that are equally strong', () => {
    const all = [engaged('a', {}), engaged('b', { scope: 'strategy', scopeId: 'of the signal' })]
    expect(new EngagedSwitches(all).command(follow, account)).toMatchObject({ killSwitchId: 'a' })
  })

  it('of a source concern the alerts of its strategy, and no signal that somebody sends by hand', () => {
    const paused = engaged('a', { scope: 'source', scopeId: 'of the signal', cause: 'rate-anomaly', reason: 'Many.' })
    expect(new EngagedSwitches([paused]).command(follow, account)).toBeNull()
    expect(sourcePause([paused], { source: 'OPERATOR' })).toBeNull()
    expect(sourcePause([engaged('b', {})], { source: 'TRADINGVIEW' })).toBeNull()
    expect(sourcePause([paused], { source: 'TRADINGVIEW' })).toEqual({
      killSwitchId: 'a',
      cause: 'rate-anomaly',
      reason: 'Many.',
    })
  })

  it('name the strongest of several, in whatever order they come', () => {
    const all = [
      engaged('a', { mode: 'halt' }),
      engaged('b', { scope: 'account', scopeId: account, mode: 'flatten' }),
      engaged('c', { scope: 'follow', scopeId: follow }),
    ]
    for (const order of [all, all.toReversed()]) {
      expect(new EngagedSwitches(order).command(follow, account)).toMatchObject({
        killSwitchId: 'b',
        mode: 'flatten',
      })
    }
  })
})

describe('a release', () => {
  const request = { digest: 'right', requestedAt: at }
  const later = (ms: number) => new Date(at.getTime() + ms)

  it('needs a request that is not too old, and its own confirmation', () => {
    expect(confirmationFault(null, 'right', at)).toBe('KILL_SWITCH_RELEASE_NOT_REQUESTED')
    expect(confirmationFault(request, 'wrong', at)).toBe('KILL_SWITCH_CONFIRMATION_WRONG')
    expect(confirmationFault(request, 'right', later(confirmWithinMs + 1))).toBe('KILL_SWITCH_RELEASE_NOT_REQUESTED')
    expect(confirmationFault(request, 'right', later(confirmWithinMs))).toBeNull()
  })
})

describe('the news of a switch', () => {
  const one = engaged('a', { scope: 'account', scopeId: account, mode: 'halt' })

  it('says whom it stops, how far and until when', () => {
    const trip = { killSwitchId: 'a', scope: 'account', scopeId: account, mode: 'halt', cause: 'command' }
    const told = { ...trip, reason: 'a drill', loss: null, trippedAt: at.toISOString() }
    expect(trippedOf(one)).toEqual({ ...told, endsAt: null })
    expect(trippedOf({ ...one, endsAt: at })).toEqual({ ...told, endsAt: at.toISOString() })
  })

  it('says who took it back; nobody, when its time had come', () => {
    const told = { killSwitchId: 'a', scope: 'account', scopeId: account, releasedAt: at.toISOString() }
    expect(releasedOf(one, 'somebody', at)).toEqual({ ...told, releasedBy: 'somebody' })
    expect(releasedOf(one, null, at)).toEqual({ ...told, releasedBy: null })
  })
})
