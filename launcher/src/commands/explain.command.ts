/** `explain`: one order's whole story, from the alert to the last fill, for people. Must never ask around the public API. */
import { Command } from 'commander'
import { type Found, findStory, newestOf } from '../explain/find-story.ts'
import { ordersOf, refusalOf, storyOf, untradedOf } from '../explain/story.ts'
import { GatewayClient } from '../gateway/gateway-client.ts'
import { commandIn } from '../home/command-in.ts'
import type { Home } from '../home/home.ts'
import { LauncherError } from '../terminal/launcher-error.ts'
import { printJson, printLine } from '../terminal/output.ts'
import { type HomeOption, homeOption, jsonOption, withExample } from './options.ts'

interface ExplainOptions extends HomeOption {
  readonly json: boolean
}

export function explainCommand(): Command {
  const command = new Command('explain')
    .description(
      'tell what became of a signal, or the whole story of one order: settings, sizing, checks, fills, times',
    )
    .argument('[id]', 'id of an order or of a signal; the newest order when left out')
    .addOption(homeOption())
    .addOption(jsonOption())
    .action(explain)
  return withExample(command, './tradewire explain', './tradewire explain 01963a5e-0000-7000-8000-000000000002 --json')
}

async function explain(id: string | undefined, { home, json }: ExplainOptions): Promise<void> {
  const gateway = await GatewayClient.of(home)
  if (id !== undefined) {
    tell(await findStory(gateway, id), home, json)
    return
  }
  const { orderId, untradedSignalId } = await newestOf(gateway)
  const newest = orderId ?? untradedSignalId
  if (newest === undefined)
    throw new LauncherError('there are no orders yet', 'send an alert: README.md has a first trade by hand')
  tell(await findStory(gateway, newest), home, json)
  if (json || orderId === undefined || untradedSignalId === undefined) return
  printLine(`\nA newer signal has no orders: ${commandIn(home, `explain ${untradedSignalId}`)}`)
}

function tell(found: Found, home: Home, json: boolean): void {
  if (json) printJson(dataOf(found))
  else printLine(textOf(found, home))
}

function dataOf(found: Found): unknown {
  switch (found.kind) {
    case 'order':
      return found.story
    case 'refused':
      return found.refused
    case 'orders':
      return { signalId: found.signalId, orders: found.orders, more: found.more }
    case 'no-orders':
      return { signal: found.signal, orders: [], followed: found.followed }
  }
}

function textOf(found: Found, home: Home): string {
  switch (found.kind) {
    case 'order':
      return storyOf(found.story)
    case 'refused':
      return refusalOf(found.refused)
    case 'orders':
      return ordersOf(found, (orderId) => commandIn(home, `explain ${orderId}`))
    case 'no-orders':
      return untradedOf(found, commandIn(home, 'logs orders'))
  }
}
