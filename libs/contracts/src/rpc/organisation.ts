/** The question whose installation this is, which `identity` answers. Called by the gateway. Must never show a user. */
import { z } from 'zod'
import { roles } from '../caller.ts'
import { nothing } from '../define-route.ts'
import { defineRpc } from '../define-rpc.ts'

export const organisation = z
  .strictObject({
    name: z
      .string()
      .meta({ description: 'As letters, authenticator apps and passkeys name it', examples: ['Tradewire'] }),
    contact: z
      .string()
      .nullable()
      .meta({ description: 'Where users get help', examples: ['help@example.com'] }),
    url: z.string().meta({ description: 'Where the API is reached', examples: ['https://trade.example.com'] }),
    registration: z.enum(['open', 'closed']).meta({ description: 'Whether anybody may register as a follower' }),
    roles: z.array(z.strictObject({ role: z.enum(roles), may: z.string() })),
  })
  .meta({ id: 'Organisation' })

export const getOrganisation = defineRpc({
  name: 'identity.organisation.get',
  description: 'Whose installation it is, whether one may register, and what each role may do.',
  request: nothing,
  reply: organisation,
})
