import type { Database } from '@tradewire/database/database'
import { DatabaseUnavailableError, TransactionConflictError } from '@tradewire/database/retryable-error'
import { SystemClock } from '@tradewire/kernel/clock'
import { SeededRandomness } from '@tradewire/kernel/randomness'
import { describe, expect, it } from 'vitest'
import type { Claimed, Deliveries } from '../../ports/deliveries.port.ts'
import { SendDelivery } from './send-delivery.use-case.ts'

const delivery = {
  id: 'one',
  eventId: 'news',
  body: '{}',
  attempts: 0,
  claimedAt: new Date(0),
  url: 'https://receiver.example',
  secrets: ['whsec_AAAA'],
  trace: null,
} as unknown as Claimed
const answered = { status: 204, retryAfter: undefined, error: null, responseExcerpt: null, gone: false }

/** Whose transactions fail with these errors, one after the other, and are made after that. */
function sending(...errors: Error[]) {
  const made = { sent: 0, transactions: 0 }
  const transact = async () => {
    made.transactions += 1
    const error = errors.shift()
    if (error !== undefined) throw error
    return [undefined]
  }
  const send = async () => {
    made.sent += 1
    return answered
  }
  const useCase = new SendDelivery(
    { transact } as unknown as Database,
    {} as Deliveries,
    { send },
    new SystemClock(),
    new SeededRandomness(1),
  )
  return { made, useCase }
}

const conflict = () => new TransactionConflictError('40P01', undefined)

describe('the outcome of a delivery', () => {
  it('is written once more when another process was in the way, and not sent again', async () => {
    const { made, useCase } = sending(conflict())
    await useCase.execute(delivery)
    expect(made).toEqual({ sent: 1, transactions: 2 })
  })

  it('is given up when that does not help, or when nothing may', async () => {
    const twice = sending(conflict(), conflict())
    await expect(twice.useCase.execute(delivery)).rejects.toThrow(TransactionConflictError)
    const away = sending(new DatabaseUnavailableError(undefined))
    await expect(away.useCase.execute(delivery)).rejects.toThrow(DatabaseUnavailableError)
    expect(away.made.transactions).toBe(1)
  })
})
