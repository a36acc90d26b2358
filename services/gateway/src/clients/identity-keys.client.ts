/**
 * The public keys of identity, cached. Called by the token verifier.
 * Must never ask more often than once in ten seconds: tokens with invented key ids would make us flood identity.
 */
import { Injectable } from '@nestjs/common'
import { RpcClient } from '@tradewire/bus/rpc-client'
import type { ReplyOf } from '@tradewire/contracts/define-rpc'
import { accessToken, getKeys } from '@tradewire/contracts/rpc/identity'
import { Clock } from '@tradewire/kernel/clock'
import { importJWK, type CryptoKey } from 'jose'

const retryAfterMissMs = 10_000
/** While no key is known at all, waiting ten seconds would only lengthen a start. */
const retryWhileEmptyMs = 500
/** Keys are published a day before they sign, so an hour is soon enough. */
const refreshAfterMs = 3_600_000

export type KeyLookup = { readonly kind: 'key'; readonly key: CryptoKey } | { readonly kind: 'no-such-key' | 'no-keys' }

@Injectable()
export class IdentityKeys {
  private keys = new Map<string, CryptoKey>()
  private askedAtMs = Number.NEGATIVE_INFINITY
  private asking: Promise<void> | undefined

  constructor(
    private readonly rpc: RpcClient,
    private readonly clock: Clock,
  ) {}

  async find(kid: string): Promise<KeyLookup> {
    const known = this.keys.get(kid)
    const ageMs = this.clock.monotonicMs() - this.askedAtMs
    if (known !== undefined) {
      if (ageMs > refreshAfterMs) void this.refresh()
      return { kind: 'key', key: known }
    }
    if (ageMs > (this.keys.size === 0 ? retryWhileEmptyMs : retryAfterMissMs)) await this.refresh()
    else if (this.asking !== undefined) await this.asking
    const found = this.keys.get(kid)
    if (found !== undefined) return { kind: 'key', key: found }
    return { kind: this.keys.size === 0 ? 'no-keys' : 'no-such-key' }
  }

  /** One question at a time; a failure keeps the keys that are known. */
  private refresh(): Promise<void> {
    this.asking ??= this.ask().finally(() => {
      this.asking = undefined
    })
    return this.asking
  }

  private async ask(): Promise<void> {
    this.askedAtMs = this.clock.monotonicMs()
    const reply = await this.rpc.ask(getKeys, {})
    if (reply.ok) this.keys = await imported(reply.value)
  }
}

async function imported({ keys }: ReplyOf<typeof getKeys>): Promise<Map<string, CryptoKey>> {
  const ready = keys.map(async (jwk) => [jwk.kid, await importJWK(jwk, accessToken.algorithm)] as const)
  return new Map((await Promise.all(ready)) as readonly (readonly [string, CryptoKey])[])
}
