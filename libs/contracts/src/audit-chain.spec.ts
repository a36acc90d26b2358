import { describe, expect, it } from 'vitest'
import { type AuditEntry, ChainCheck, chainStart, hashOf } from './audit-chain.ts'

function chainOf(operations: readonly string[]): AuditEntry[] {
  let previous = chainStart
  return operations.map((operation, index) => {
    const entry = {
      sequence: index + 1,
      at: '2026-11-21T10:00:00.000Z',
      actId: '01963a5e-0000-7000-8000-0000000000a1',
      kind: 'asked' as const,
      userId: '01963a5e-0000-7000-8000-0000000000aa',
      credentialId: '01963a5e-0000-7000-8000-0000000000bb',
      operation,
      subject: { userId: 'a', strategyId: 'b' },
      address: '192.0.2.1',
      outcome: null,
    }
    previous = hashOf(previous, entry)
    return { ...entry, hash: previous }
  })
}

function resultOf(entries: readonly AuditEntry[]): ChainCheck['result'] {
  const check = new ChainCheck()
  for (const entry of entries) check.take([entry])
  return check.result
}

describe('the chain of the audit log', () => {
  const chain = chainOf(['createUser', 'disableUser', 'engageKillSwitch'])

  it('is whole as it was written, however it is cut into pages', () => {
    expect(resultOf(chain)).toEqual({ entries: 3, head: chain[2]?.hash, brokenAt: null })
    expect(resultOf([])).toEqual({ entries: 0, head: chainStart, brokenAt: null })
  })

  it('does not depend on the order in which a subject was written', () => {
    const [first] = chain
    expect(hashOf(chainStart, { ...first!, subject: { strategyId: 'b', userId: 'a' } })).toBe(first?.hash)
  })

  it('breaks where an entry was changed, left out, put in or moved', () => {
    const [first, second, third] = chain as [AuditEntry, AuditEntry, AuditEntry]
    expect(resultOf([first, { ...second, userId: third.actId }, third]).brokenAt).toBe(2)
    expect(resultOf([first, third]).brokenAt).toBe(2)
    expect(resultOf([first, second, second, third]).brokenAt).toBe(3)
    expect(resultOf([second, first, third]).brokenAt).toBe(1)
    expect(resultOf([first, { ...second, hash: third.hash }, third]).brokenAt).toBe(2)
  })

  it('shows by its head that entries were cut off its end', () => {
    expect(resultOf(chain.slice(0, 2)).head).not.toBe(resultOf(chain).head)
  })
})
