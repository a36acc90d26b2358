/**
 * Answers whose content stands in a field `data`. Called by the wire files of exchanges that wrap all of them so.
 * Must never let an answer without that field pass.
 */
import { z } from 'zod'

export function data<Schema extends z.ZodType>(schema: Schema) {
  const wrapped = z.object({ data: schema })
  return wrapped.transform((answer): z.output<Schema> => (answer as { data: z.output<Schema> }).data)
}
