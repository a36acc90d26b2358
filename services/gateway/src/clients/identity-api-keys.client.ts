/**
 * API keys by asking identity, with answers kept for a moment. Implements the ApiKeyChecker port.
 * Must never keep more answers than its limit, nor a key's text at all.
 */
import { createHash } from 'node:crypto'
import { BlockList, isIP } from 'node:net'
import { Injectable } from '@nestjs/common'
import { RpcClient } from '@tradewire/bus/rpc-client'
import type { ReplyOf } from '@tradewire/contracts/define-rpc'
import { apiKeyLengthMax, checkApiKey } from '@tradewire/contracts/rpc/api-keys'
import { Clock } from '@tradewire/kernel/clock'
import type { CodedError } from '@tradewire/kernel/errors'
import { NewestKept } from '@tradewire/kernel/newest-kept'
import { err, ok, type Result } from '@tradewire/kernel/result'
import type { Credential } from '#domain/credential'
import { gatewayErrors } from '#gateway.errors'
import { ApiKeyChecker } from '#ports/api-key-checker.port'

/** A revocation arrives sooner, as news; this bounds what happens when it does not. */
const knownForMs = 30_000
/** Wrong keys are asked for again soon: a key may just have been made. */
const unknownForMs = 2_000
/** A live stream by a key that never ends is checked anew after this. */
const credentialLifetimeMs = 3_600_000

interface Known {
  readonly key: ReplyOf<typeof checkApiKey>
  readonly from: BlockList | null
}

interface Kept {
  readonly known: Known | null
  readonly untilMs: number
}

@Injectable()
export class IdentityApiKeys extends ApiKeyChecker {
  private readonly kept = new NewestKept<Kept>()
  /** How often users were forgotten: an answer asked for before may tell what they were. */
  private forgettings = 0

  constructor(
    private readonly rpc: RpcClient,
    private readonly clock: Clock,
  ) {
    super()
  }

  async check(text: string, address: string): Promise<Result<Credential, CodedError>> {
    if (text.length > apiKeyLengthMax) return refusal('invalid')
    const hash = createHash('sha256').update(text).digest('base64url')
    const found = await this.find(hash)
    if (!found.ok) return found
    if (found.value === null) return refusal('invalid')
    const { key, from } = found.value
    const now = this.clock.now()
    const endsAt = key.expiresAt === null ? null : new Date(key.expiresAt)
    if (endsAt !== null && endsAt <= now) return refusal('expired')
    if (from !== null && !covers(from, address)) return refusal('address')
    return ok({
      caller: { userId: key.userId, roles: key.roles },
      id: key.apiKeyId,
      expiresAt: endsAt ?? new Date(now.getTime() + credentialLifetimeMs),
      scopes: key.scopes,
      provedAt: null,
    })
  }

  forgetUser(userId: string): void {
    this.forgettings += 1
    this.kept.forget(({ known }) => known?.key.userId === userId)
  }

  private async find(hash: string): Promise<Result<Known | null, CodedError>> {
    const nowMs = this.clock.monotonicMs()
    const kept = this.kept.get(hash)
    if (kept !== undefined && kept.untilMs > nowMs) return ok(kept.known)
    const { forgettings } = this
    const reply = await this.rpc.ask(checkApiKey, { hash })
    if (!reply.ok && reply.error.code !== 'API_KEY_INVALID') return err(gatewayErrors.of('KEYS_UNKNOWN'))
    const known = reply.ok ? { key: reply.value, from: rangesOf(reply.value.addresses) } : null
    if (forgettings !== this.forgettings) return ok(known)
    this.kept.keep(hash, { known, untilMs: nowMs + (known === null ? unknownForMs : knownForMs) })
    return ok(known)
  }
}

/** Null when the key may be used from anywhere. */
function rangesOf(addresses: readonly string[]): BlockList | null {
  if (addresses.length === 0) return null
  const list = new BlockList()
  for (const text of addresses) {
    const [network = '', bits] = text.split('/')
    const family = isIP(network) === 6 ? 'ipv6' : 'ipv4'
    if (bits === undefined) list.addAddress(network, family)
    else list.addSubnet(network, Number(bits), family)
  }
  return list
}

/** An IPv4 address may arrive in its IPv6 form; BlockList knows that. */
function covers(list: BlockList, address: string): boolean {
  const family = isIP(address)
  return family !== 0 && list.check(address, family === 6 ? 'ipv6' : 'ipv4')
}

function refusal(reason: 'invalid' | 'expired' | 'address'): Result<never, CodedError> {
  return err(gatewayErrors.of('UNAUTHENTICATED', { reason }))
}
