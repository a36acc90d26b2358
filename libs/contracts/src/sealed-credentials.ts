/**
 * Credentials of broker accounts on their way: sealed where they come in, opened in `brokers` and nowhere else.
 * Called by the contracts that carry them and by brokers. Must never let readable credentials onto the bus.
 */
import { type BoxPublicKey, type SealedBox, sealBox } from '@tradewire/kernel/sealed-box'
import { z } from 'zod'
import type { Caller } from './caller.ts'

const keyTextMax = 64
const sealedTextMax = 131_072

export const boxPublicKey = z.strictObject({ keyId: z.uuid(), publicKey: z.string().max(keyTextMax) })

export const sealedBox = z.strictObject({
  keyId: z.uuid(),
  ephemeralKey: z.string().max(keyTextMax),
  sealed: z.string().max(sealedTextMax),
})

interface Purpose {
  readonly userId?: string | undefined
  readonly venue: string
  readonly environment: string
}

interface Sealable extends Purpose {
  readonly credentials: Record<string, string> | SealedBox
}

/** Whose credentials and where for: a box that was recorded opens for nobody else's account. */
export function purposeOf(caller: Pick<Caller, 'userId'>, { userId, venue, environment }: Purpose): string {
  return `${userId ?? caller.userId}|${venue}|${environment}`
}

export function isSealed(credentials: Sealable['credentials']): credentials is SealedBox {
  return sealedBox.safeParse(credentials).success
}

export function sealAccount<Account extends Sealable>(caller: Caller, account: Account, key: BoxPublicKey): Account {
  const { credentials } = account
  if (isSealed(credentials)) return account
  return { ...account, credentials: sealBox(key, JSON.stringify(credentials), purposeOf(caller, account)) }
}
