/**
 * What holds for all entries, or for those of one account: questions and commands that `signals` answers. Called by the
 * gateway. Must never hold what one strategy or follow says.
 */
import { z } from 'zod'
import { caller } from '../caller.ts'
import { timestamp } from '../common.ts'
import { defineRpc } from '../define-rpc.ts'
import { settingsScope, tradeSettings } from '../trade-settings.ts'

export const layerSettings = z
  .strictObject({
    scope: settingsScope,
    scopeId: z.uuid().nullable().meta({ description: 'The account; null for the platform' }),
    settings: tradeSettings,
    updatedAt: timestamp.nullable().meta({ description: 'Null as long as nothing was ever said' }),
  })
  .meta({ id: 'LayerSettings' })

const layer = { caller, scope: settingsScope, scopeId: z.uuid().nullable() }

export const changeSettings = defineRpc({
  name: 'signals.settings.change',
  description: 'Says anew what holds for all entries (operators) or for those of one account (whose it is).',
  request: z.strictObject({ ...layer, settings: tradeSettings }),
  reply: layerSettings,
})

export const getSettings = defineRpc({
  name: 'signals.settings.get',
  description: 'What holds for all entries, or for those of one account.',
  request: z.strictObject(layer),
  reply: layerSettings,
})
