import { describe, expect, it } from 'vitest'
import { RevocationList } from './revocation-list.ts'

describe('the revocation list', () => {
  it('holds an id as long as a token can live, then forgets it', () => {
    const list = new RevocationList(1_000)
    list.add('session', new Date(5_000))
    expect(list.has('session', new Date(6_000))).toBe(true)
    expect(list.has('other', new Date(6_000))).toBe(false)
    expect(list.has('session', new Date(6_001))).toBe(false)
    list.prune(new Date(6_001))
    expect(list.size).toBe(0)
  })

  it('knows whose roles have changed since somebody looked, and not before', () => {
    const list = new RevocationList(1_000)
    list.changeRoles('user')
    const seen = list.roleChanges
    expect(list.rolesChangedSince('user', seen)).toBe(false)
    list.changeRoles('other')
    expect(list.rolesChangedSince('user', seen)).toBe(false)
    list.changeRoles('user')
    expect(list.rolesChangedSince('user', seen)).toBe(true)
    expect(list.rolesChangedSince('user', list.roleChanges)).toBe(false)
  })
})
