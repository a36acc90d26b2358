import { drillKillSwitch } from '@tradewire/launcher/drill/kill-switch-drill'
import { describe, expect, it } from 'vitest'
import { realSystem } from '../system/real-system.ts'

const system = realSystem()
const followers = 20

describe('the kill switch of the platform, on a system of separate processes', () => {
  it('flattens every account by the venue’s own ledger, refuses entries, and lets them pass after two steps', () =>
    system.watched(async () => {
      const result = await drillKillSwitch(system.endpoints, { followers, seed: 1 }, { progress: () => undefined })
      expect(result).toMatchObject({
        opened: followers,
        refusedWhileEngaged: followers,
        openedAfterRelease: followers,
        violations: [],
      })
    }))
})
