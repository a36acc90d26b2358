import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type LeaseView, planLeases } from './partition-plan.ts'

describe('the lease plan', () => {
  it('gives one process everything', () => {
    const leases = Array.from({ length: 16 }, (_, partition) => ({ partition, owner: null, expired: true }))
    expect(planLeases(leases, 'a', 1).take).toHaveLength(16)
  })

  it('takes its own lease anew once that has run out, as it would take that of another', () => {
    const leases = ['a', 'b', 'a'].map((owner, partition) => ({ partition, owner, expired: partition < 2 }))
    expect(planLeases(leases, 'a', 1)).toEqual({ take: [0, 1], release: [] })
  })

  it('comes to rest with every partition owned once and shares that differ little', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 6 }), (count) => {
        const names = Array.from({ length: count }, (_, index) => `p${index}`)
        let leases: LeaseView[] = Array.from({ length: 16 }, (_, partition) => ({
          partition,
          owner: 'p0',
          expired: false,
        }))
        for (let round = 0; round < 20; round += 1) {
          for (const name of names) {
            const { take, release } = planLeases(leases, name, count)
            leases = leases.map((lease) => {
              if (take.includes(lease.partition)) return { ...lease, owner: name, expired: false }
              return release.includes(lease.partition) ? { ...lease, owner: null } : lease
            })
          }
        }
        const shares = names.map((name) => leases.filter(({ owner }) => owner === name).length)
        expect(shares.reduce((total, share) => total + share, 0)).toBe(16)
        expect(Math.max(...shares)).toBeLessThanOrEqual(Math.ceil(16 / count))
      }),
    )
  })
})
