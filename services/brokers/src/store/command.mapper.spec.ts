import type { SubmitCommand } from '@tradewire/broker-kit/approved-order'
import { orderSubmit } from '@tradewire/contracts/events/orders'
import { describe, expect, it } from 'vitest'
import { termsText, toCommand } from './command.mapper.ts'

const plain = orderSubmit.data.parse(orderSubmit.example)

/** Nothing in it is usual: a field that the contract gets later has to be here. */
const unusual: Required<SubmitCommand> = {
  ...plain,
  parts: ['0.5', '0.25'],
  price: '40000.1',
  triggerPrice: '39000',
  callbackRatePercent: '1.5',
  reduceOnly: true,
  leverage: 20,
  expiresAt: '2026-01-01T00:00:00.000Z',
}

function throughRow(command: SubmitCommand): SubmitCommand {
  const { intentId, bracketId, signalId, strategyId, accountId } = command
  const ids = { intent_id: intentId, bracket_id: bracketId, signal_id: signalId, strategy_id: strategyId }
  return toCommand({ ...ids, account_id: accountId, terms: termsText(command) })
}

describe('a command in the row of its attempt', () => {
  it('comes back with everything it said', () => {
    expect(Object.keys(unusual).toSorted()).toEqual(Object.keys(orderSubmit.data.shape).toSorted())
    expect(throughRow(unusual)).toEqual(unusual)
    expect(throughRow(plain)).toEqual(plain)
  })

  it.each(['price', 'triggerPrice', 'callbackRatePercent', 'leverage', 'expiresAt'] as const)(
    'comes back without %s when it had none',
    (name) => {
      const command = { ...unusual, [name]: null }
      expect(throughRow(command)).toEqual(command)
      expect(termsText(command)).not.toContain(name)
    },
  )
})
