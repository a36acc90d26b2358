/** `explain`: one order's whole story, from the alert to the last fill, for people. Must never ask around the public API. */
import type { BracketReply, ExplanationReply, RefusedSignalReply } from '@tradewire/contracts/rpc/orders'
import { Command } from 'commander'
import { GatewayClient } from '../gateway/gateway-client.ts'
import { refusalOf, storyOf } from '../explain/story.ts'
import { LauncherError } from '../terminal/launcher-error.ts'
import { printJson, printLine } from '../terminal/output.ts'
import { type HomeOption, homeOption, jsonOption, withExample } from './options.ts'

interface ExplainOptions extends HomeOption {
  readonly json: boolean
}

export function explainCommand(): Command {
  const command = new Command('explain')
    .description('tell the whole story of one order: alert, settings, sizing, checks, fills, times')
    .argument('[order]', 'id of the order, or of a signal that nobody got one of; the newest order when left out')
    .addOption(homeOption())
    .addOption(jsonOption())
    .action(explain)
  return withExample(command, './tradewire explain', './tradewire explain 01963a5e-0000-7000-8000-000000000002 --json')
}

async function explain(order: string | undefined, { home, json }: ExplainOptions): Promise<void> {
  const gateway = await GatewayClient.of(home)
  const id = order ?? (await newestOrder(gateway))
  const refused = order === undefined ? undefined : await refusedSignal(gateway, id)
  if (refused !== undefined) {
    if (json) printJson(refused)
    else printLine(refusalOf(refused))
    return
  }
  const story = await gateway.get<ExplanationReply>(`/v1/orders/${encodeURIComponent(id)}/explain`)
  if (json) printJson(story)
  else printLine(storyOf(story))
}

async function refusedSignal(gateway: GatewayClient, signalId: string): Promise<RefusedSignalReply | undefined> {
  const path = `/v1/refused-signals?limit=1&signalId=${encodeURIComponent(signalId)}`
  const { items } = await gateway.get<{ items: RefusedSignalReply[] }>(path)
  return items[0]
}

async function newestOrder(gateway: GatewayClient): Promise<string> {
  const { items } = await gateway.get<{ items: BracketReply[] }>('/v1/orders?limit=1')
  const [newest] = items
  if (newest === undefined)
    throw new LauncherError('there are no orders yet', 'send an alert: README.md has a first trade by hand')
  return newest.id
}
