/** Answers questions about the keys that seal credentials. Called over the bus. Must never decide anything. */
import { Controller } from '@nestjs/common'
import { Answer } from '@tradewire/bus/decorators'
import type { ReplyOf, RequestOf } from '@tradewire/contracts/define-rpc'
import * as rpc from '@tradewire/contracts/rpc/credentials'
import type { CodedError } from '@tradewire/kernel/errors'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { refusalOfKeys } from '#brokers.errors'
import { CredentialBoxes } from '#ports/credential-boxes.port'
import { RotateKeys } from '../../use-cases/rotate-keys/rotate-keys.use-case.ts'

@Controller()
export class CredentialsController {
  constructor(
    private readonly boxes: CredentialBoxes,
    private readonly rotation: RotateKeys,
  ) {}

  @Answer(rpc.getCredentialsKey)
  async key(): Promise<Result<ReplyOf<typeof rpc.getCredentialsKey>, CodedError>> {
    try {
      return ok(await this.boxes.publicKey())
    } catch (error) {
      return err(refusalOfKeys(error))
    }
  }

  @Answer(rpc.rotateCredentialsKeys)
  rotate({ caller }: RequestOf<typeof rpc.rotateCredentialsKeys>) {
    return this.rotation.execute(caller)
  }
}
