/** Makes new endpoints and new signing secrets. Called by the use cases that create and rotate. Must never use a seeded source of randomness. */
import type { Clock } from '@tradewire/kernel/clock'
import type { IdSource } from '@tradewire/kernel/ids'
import type { Randomness } from '@tradewire/kernel/randomness'
import type { Endpoint } from './endpoint.ts'
import { newSigningSecret, rotationOverlapMs } from './signature.ts'

export class EndpointFactory {
  private readonly clock: Clock
  private readonly ids: IdSource
  private readonly randomness: Randomness

  constructor(clock: Clock, ids: IdSource, randomness: Randomness) {
    this.clock = clock
    this.ids = ids
    this.randomness = randomness
  }

  create(wishes: Pick<Endpoint, 'userId' | 'channel' | 'url' | 'events' | 'everyUser' | 'description'>): Endpoint {
    const now = this.clock.now()
    return {
      ...wishes,
      id: this.ids.next<'WebhookEndpoint'>(),
      active: true,
      disabledReason: null,
      failingSince: null,
      secret: newSigningSecret(this.randomness),
      previousSecret: null,
      previousSecretUntil: null,
      createdAt: now,
      updatedAt: now,
    }
  }

  /** The old secret keeps signing beside the new one for the overlap. */
  rotated(endpoint: Endpoint): Endpoint {
    const now = this.clock.now()
    return {
      ...endpoint,
      secret: newSigningSecret(this.randomness),
      previousSecret: endpoint.secret,
      previousSecretUntil: new Date(now.getTime() + rotationOverlapMs),
      updatedAt: now,
    }
  }
}
