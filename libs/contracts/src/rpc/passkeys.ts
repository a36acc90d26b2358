/**
 * Questions and commands about passkeys (WebAuthn), which `identity` answers. Called by the gateway and tests.
 * Must never carry a private key: authenticators keep theirs.
 */
import { z } from 'zod'
import { caller } from '../caller.ts'
import { timestamp } from '../common.ts'
import { nothing } from '../define-route.ts'
import { defineRpc } from '../define-rpc.ts'

export const passkeysMax = 20
const encodedLengthMax = 16_384
const idLengthMax = 2_048
const transportsMax = 10

const encoded = z.base64url().max(encodedLengthMax)
const credentialId = z
  .base64url()
  .min(1)
  .max(idLengthMax)
  .meta({ examples: ['q83vEjRWeJCrze8S'] })

/** What browsers send besides is left out. */
const head = { id: credentialId, rawId: credentialId, type: z.literal('public-key') }
const transports = z.array(z.string().max(40)).max(transportsMax)

/** `navigator.credentials.create()` as JSON. */
export const newPasskey = z
  .object({
    ...head,
    response: z.object({ clientDataJSON: encoded, attestationObject: encoded, transports: transports.default([]) }),
  })
  .meta({ id: 'PasskeyRegistration' })

/** `navigator.credentials.get()` as JSON. */
export const passkeyProof = z
  .object({
    ...head,
    response: z.object({ clientDataJSON: encoded, authenticatorData: encoded, signature: encoded }),
  })
  .meta({ id: 'PasskeyProof' })
export type PasskeyProof = z.output<typeof passkeyProof>

const challenge = z.base64url().meta({ examples: ['3q2-7wEjRWeJCrze8SNFZ4k'] })
const timeout = z
  .int()
  .positive()
  .meta({ description: 'Milliseconds', examples: [300_000] })
const userVerification = z.literal('preferred')

export const passkeyChallenge = z
  .strictObject({
    challenge,
    rpId: z.string().meta({ examples: ['trade.example'] }),
    timeout,
    userVerification,
    allowCredentials: z.array(z.never()).meta({ description: 'Empty: passkeys are found by the authenticator' }),
  })
  .meta({ id: 'PasskeyChallenge' })

export const passkeyOffer = z
  .strictObject({
    challenge,
    rp: z.strictObject({ id: z.string(), name: z.string() }),
    user: z.strictObject({ id: z.base64url(), name: z.string(), displayName: z.string() }),
    pubKeyCredParams: z.array(z.strictObject({ type: z.literal('public-key'), alg: z.int() })),
    timeout,
    attestation: z.literal('none'),
    authenticatorSelection: z.strictObject({
      residentKey: z.literal('required'),
      requireResidentKey: z.literal(true),
      userVerification,
    }),
    excludeCredentials: z.array(
      z.strictObject({ type: z.literal('public-key'), id: credentialId, transports: z.array(z.string()) }),
    ),
  })
  .meta({ id: 'PasskeyOffer' })
export type PasskeyOffer = z.output<typeof passkeyOffer>

export const passkey = z
  .strictObject({
    id: z.uuid(),
    name: z.string(),
    backedUp: z.boolean().meta({ description: 'Whether it lives on more than one device' }),
    createdAt: timestamp,
    lastUsedAt: timestamp.nullable(),
  })
  .meta({ id: 'Passkey' })
export type PasskeyView = z.output<typeof passkey>

export const passkeyInput = z
  .strictObject({
    name: z
      .string()
      .trim()
      .min(1)
      .max(80)
      .meta({ examples: ['my phone'] }),
    credential: newPasskey,
  })
  .meta({ id: 'NewPasskey' })

export const offerPasskey = defineRpc({
  name: 'identity.passkeys.offer',
  description: 'What the browser needs to make a passkey of the caller; it works once, for five minutes.',
  request: z.strictObject({ caller }),
  reply: passkeyOffer,
})

export const addPasskey = defineRpc({
  name: 'identity.passkeys.add',
  description: 'Keeps a passkey of the caller; from then on log-in asks for it or for a code.',
  request: z.strictObject({ caller, passkey: passkeyInput }),
  reply: passkey,
})

export const listPasskeys = defineRpc({
  name: 'identity.passkeys.list',
  description: 'The passkeys of the caller, newest first.',
  request: z.strictObject({ caller }),
  reply: z.strictObject({ items: z.array(passkey) }),
})

export const removePasskey = defineRpc({
  name: 'identity.passkeys.remove',
  description: 'Takes a passkey of the caller away.',
  request: z.strictObject({ caller, passkeyId: z.uuid() }),
  reply: nothing,
})

export const challengePasskey = defineRpc({
  name: 'identity.passkeys.challenge',
  description: 'What an authenticator signs to prove a passkey; it works once, for five minutes, and for anybody.',
  request: nothing,
  reply: passkeyChallenge,
})
