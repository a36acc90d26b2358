/** Shows what holds for everyone or for one account. Called over RPC. Must never show a stranger's account. */
import { Injectable } from '@nestjs/common'
import type { RequestOf } from '@tradewire/contracts/define-rpc'
import type { getSettings } from '@tradewire/contracts/rpc/settings'
import type { CodedError } from '@tradewire/kernel/errors'
import type { AccountId } from '@tradewire/kernel/ids'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { readFault } from '../../domain/settings-layer.ts'
import { type SettingsView, viewSettings } from '../../domain/views.ts'
import { FollowSources } from '../../ports/follow-sources.port.ts'
import { LayersOfSettings } from '../../ports/layer-settings.port.ts'
import { signalsErrors } from '../../signals.errors.ts'

@Injectable()
export class GetSettings {
  constructor(
    private readonly layers: LayersOfSettings,
    private readonly sources: FollowSources,
  ) {}

  async execute({ caller, scope, scopeId }: RequestOf<typeof getSettings>): Promise<Result<SettingsView, CodedError>> {
    const known = scopeId === null ? undefined : await this.sources.accounts([scopeId as AccountId])
    const fault = readFault(caller, { scope, scopeId, account: known?.get(scopeId ?? '') })
    if (fault !== null) return err(signalsErrors.of(fault, { scope, scopeId }))
    const said = await this.layers.find(scope, scopeId)
    return ok(viewSettings(said ?? { scope, scopeId, settings: {}, revision: 0, updatedAt: null }))
  }
}
