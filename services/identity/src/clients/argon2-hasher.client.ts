/** argon2id in native threads. Implements the PasswordHasher port. Must never hash outside its slots: each takes much memory. */
import { hash, verify, type Algorithm, type Options } from '@node-rs/argon2'
import { Injectable } from '@nestjs/common'
import type { CodedError } from '@tradewire/kernel/errors'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { InjectConfig } from '@tradewire/nest-kit/tokens'
import type { IdentityConfig } from '#config'
import { isOutdated, type HashParameters } from '#domain/credentials/password-hash'
import { WorkSlots } from '#domain/limits/work-slots'
import { identityErrors } from '#identity.errors'
import { PasswordHasher, type PasswordCheck } from '#ports/password-hasher.port'

/** The library's enum exists only at compile time. */
const argon2id: Algorithm = 2

@Injectable()
export class Argon2Hasher extends PasswordHasher {
  private readonly parameters: HashParameters
  private readonly options: Options
  private readonly slots: WorkSlots
  /** Checked in place of a hash that does not exist, so that an unknown name takes as long as a known one. */
  private nobody: Promise<string> | undefined

  constructor(@InjectConfig() config: IdentityConfig) {
    super()
    const { hashMemoryKib, hashPasses, hashLanes } = config
    this.parameters = { memoryKib: hashMemoryKib, passes: hashPasses, lanes: hashLanes }
    this.options = {
      algorithm: argon2id,
      memoryCost: hashMemoryKib,
      timeCost: hashPasses,
      parallelism: hashLanes,
    }
    this.slots = new WorkSlots(config.hashSlots, config.hashQueueMax)
  }

  async hash(password: string): Promise<Result<string, CodedError>> {
    const made = await this.slots.run(() => hash(normal(password), this.options))
    return made === undefined ? err(identityErrors.of('LOGIN_BUSY')) : ok(made)
  }

  async check(storedHash: string | null, password: string): Promise<Result<PasswordCheck, CodedError>> {
    this.nobody ??= hash('nobody has this password', this.options)
    const nobody = await this.nobody
    const matches = await this.slots.run(() => verify(storedHash ?? nobody, normal(password)))
    if (matches === undefined) return err(identityErrors.of('LOGIN_BUSY'))
    return ok({
      matches: matches && storedHash !== null,
      outdated: storedHash !== null && isOutdated(storedHash, this.parameters),
    })
  }
}

/** The same password typed on different systems may come in different Unicode forms. */
function normal(password: string): string {
  return password.normalize('NFKC')
}
