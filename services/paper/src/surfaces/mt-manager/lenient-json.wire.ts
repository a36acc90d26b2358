/**
 * Bodies of version 1: JSON whose texts may stand in single quotes. Pure; called by the server.
 * Must never change what stands inside a text.
 */
import { json } from './token.wire.ts'

const token = /"(?:[^"\\]|\\.)*"|'((?:[^'\\]|\\.)*)'/gs

/** Undefined for anything that is not JSON even so. */
export function lenientJson(text: string): unknown {
  return json(
    text.replaceAll(token, (whole, single: string | undefined) =>
      single === undefined ? whole : `"${single.replaceAll(String.raw`\'`, "'").replaceAll('"', String.raw`\"`)}"`,
    ),
  )
}
