import type { SubmitCommand } from '@tradewire/broker-kit/approved-order'
import { orderSubmit } from '@tradewire/contracts/events/orders'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { commandOf, commandText } from './command.mapper.ts'

const price = fc.constantFrom('19299.9', null)

it('a stored command comes back as it was', () => {
  const command = fc
    .record({
      price,
      triggerPrice: price,
      callbackRatePercent: price,
      reduceOnly: fc.boolean(),
      leverage: fc.constantFrom(1, 20, null),
      expiresAt: fc.constantFrom('2022-11-06T16:54:29.180Z', null),
      purpose: fc.constantFrom('entry' as const, 'stop' as const),
      type: fc.constantFrom('market' as const, 'trailing-stop' as const),
      parts: fc.constantFrom({}, { parts: ['0.3', '0.373'] }),
    })
    .map(({ parts, ...rest }): SubmitCommand => orderSubmit.data.parse({ ...orderSubmit.example, ...rest, ...parts }))
  fc.assert(
    fc.property(command, (one) => {
      const { intentId, bracketId, signalId, strategyId, accountId } = one
      const ids = { intent_id: intentId, bracket_id: bracketId, signal_id: signalId, strategy_id: strategyId }
      expect(commandOf({ ...ids, account_id: accountId, command: commandText(one) })).toEqual(one)
    }),
  )
})
