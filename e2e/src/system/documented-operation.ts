/**
 * The operations of a surface's document, as data, and how one of them is replayed. Called by the specs of the surfaces.
 * Must never hold an operation itself.
 */
import { readFileSync } from 'node:fs'
import type { Leeway, Shape } from './documented-shape.ts'

export interface Documented {
  readonly operation: string
  readonly what: string
  readonly request?: Record<string, unknown>
  /** Absent where the document shows none. */
  readonly reply?: Shape
  /** The documented bodies, by status. */
  readonly refusals?: Readonly<Record<string, readonly unknown[]>>
}

export interface Replay<Reply = unknown> extends Leeway {
  /** The path with real ids, and the query. */
  readonly path: () => string
  /** The documented request with what of it must be real. */
  readonly body?: (documented: Record<string, unknown>) => object
  /** What must be in the reply for the comparison to mean anything. */
  readonly holds?: (reply: Reply) => unknown
}

export function documentedOperations(file: string): readonly Documented[] {
  return JSON.parse(readFileSync(new URL(`../../data/${file}`, import.meta.url), 'utf8')) as readonly Documented[]
}
