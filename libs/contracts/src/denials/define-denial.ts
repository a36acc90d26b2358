/**
 * The form of one reason why a follower gets no order: what happened, what to do, and the figures that led to it.
 * Called by the files of this folder; gate, replies, OpenAPI and the denials page follow from it.
 * Must never hold a secret: the context is shown to the follower.
 */
import { z } from 'zod'

export interface DenialDefinition<Context extends z.ZodObject = z.ZodObject> {
  /** What happened, in one sentence that a follower understands. */
  readonly message: string
  /** What to do about it. */
  readonly fix: string
  /** The figures that led to it. */
  readonly context: Context
}

export function defineDenial<Shape extends z.core.$ZodShape>(
  message: string,
  fix: string,
  context: Shape,
): DenialDefinition<z.ZodObject<Shape, z.core.$strict>> {
  return { message, fix, context: z.strictObject(context) }
}
