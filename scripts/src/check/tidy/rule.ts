/** The form of a tidy rule. Each rule has one good and one bad fixture, and its spec sees it fail. */
import type { Source } from './source.ts'

export interface Vocabulary {
  /** Names of all event contracts: `trade.opened`. */
  readonly eventNames: ReadonlySet<string>
  /** Names of all request/reply contracts: `orders.brackets.list`. */
  readonly rpcNames: ReadonlySet<string>
}

export interface Violation {
  readonly line: number
  readonly message: string
}

export interface Rule {
  readonly name: string
  /** How to mend any violation of it. */
  readonly mend: string
  applies(source: Source): boolean
  check(source: Source, vocabulary: Vocabulary): readonly Violation[]
}
