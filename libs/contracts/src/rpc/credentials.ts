/**
 * The key that credentials travel under, and the exchange of the keys that seal them. Answered by `brokers`.
 * Called by whoever connects accounts and by the launcher. Must never return a credential.
 */
import { z } from 'zod'
import { caller } from '../caller.ts'
import { defineRpc } from '../define-rpc.ts'
import { boxPublicKey } from '../sealed-credentials.ts'

const rotateDeadlineMs = 60_000

export const getCredentialsKey = defineRpc({
  name: 'brokers.credentials.key',
  description: 'The public key that credentials are sealed with before they travel; only brokers can open them.',
  request: z.strictObject({}),
  reply: boxPublicKey,
})

export const rotateCredentialsKeys = defineRpc({
  name: 'brokers.credentials.rotate',
  description: 'Seals every data key by the newest master key; credentials are not touched and accounts trade on.',
  request: z.strictObject({ caller }),
  reply: z
    .strictObject({
      newestVersion: z.int(),
      rewrapped: z.int(),
      inUse: z
        .array(z.strictObject({ version: z.int(), sealed: z.int() }))
        .meta({ description: 'Versions that still seal something: what is not named may be taken away' }),
    })
    .meta({ id: 'CredentialsKeys' }),
  deadlineMs: rotateDeadlineMs,
})
