/**
 * Why a follower gets no order: a code of the closed table with the figures that led to it.
 * Made by the gate, sizing and price rules; stored with the bracket. Must never hold a secret.
 */
import type { Denial, DenialCode, DenialContext } from '@tradewire/contracts/denials/all'

export function denial<Code extends DenialCode>(code: Code, context: DenialContext<Code>): Denial {
  return { code, context } as unknown as Denial
}
