/**
 * Where the protocol of managers stands, and what it takes of the process. Called where all surfaces are registered.
 * Must never hold logic of the protocol.
 */
import type { INestApplicationContext } from '@nestjs/common'
import { IdSource } from '@tradewire/kernel/ids'
import { Randomness } from '@tradewire/kernel/randomness'
import type { FastifyInstance } from 'fastify'
import type { PaperConfig } from '#config'
import type { FaultBoard } from '#domain/protocol/faults'
import type { RunningVenue } from '#ports/running-venue.port'
import { MtManagerServer } from './mt-manager-server.controller.ts'

const prefix = '/mt-manager'

export interface MtManagerParts {
  readonly venue: RunningVenue
  readonly faults: FaultBoard
  readonly config: PaperConfig
}

export async function serveMtManager(
  fastify: FastifyInstance,
  app: INestApplicationContext,
  { venue, faults, config }: MtManagerParts,
): Promise<void> {
  const { mtManagerTokenSeconds: tokenSeconds, mtManagerPumpLagMs: pumpLagMs, mtManagerLists: lists, limits } = config
  const means = { ids: app.get(IdSource), randomness: app.get(Randomness) }
  const settings = { tokenSeconds, pumpLagMs, lists }
  await new MtManagerServer({ venue, faults, limits, ...means, settings }).register(fastify, prefix)
}
