/** A key and its secret, as most exchanges want them. Called by their adapters. Must never be told to anybody. */
import { z } from 'zod'

export const keyAndSecret = z.strictObject({
  apiKey: z.string().trim().min(1).max(200).meta({ title: 'API key' }),
  secret: z.string().trim().min(1).max(4_096).meta({ title: 'API secret', secret: true }),
})
export type KeyAndSecret = z.output<typeof keyAndSecret>
