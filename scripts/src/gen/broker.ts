/** `pnpm gen broker VENUE`: an adapter that declares nothing and refuses everything. Called by the gen command. */
import { nameOf, type Name } from './names.ts'
import type { Edit, Plan } from './plan.ts'

export function planBroker(text: string): Plan {
  const name = nameOf(text)
  const folder = `services/brokers/src/adapters/${name.kebab}`
  return {
    files: [
      { path: `${folder}/${name.kebab}.adapter.ts`, text: adapterOf(name) },
      { path: `${folder}/${name.kebab}-session.client.ts`, text: sessionOf(name) },
      { path: `${folder}/${name.kebab}.spec.ts`, text: specOf(name) },
    ],
    edits: [venueEdit(name)],
    next: [
      'pnpm build: the compiler names every table that must know the new venue',
      `${folder}/${name.kebab}.adapter.ts: declare only what the session acts on; take limits and the read lag from the venue's own document`,
      'services/brokers/src/adapters/registry.adapter.ts: one line registers it; specs, commands and pages read that list',
      `./tradewire conformance ${name.kebab}: it decides whether the adapter is done; with --record it goes into docs/brokers.md`,
      'pnpm docs:write',
    ],
  }
}

function venueEdit(name: Name): Edit {
  return {
    path: 'libs/contracts/src/common.ts',
    change: (text) =>
      text.replace(
        /(export const venue = z\.enum\(\[)([^\]]*)(\]\))/,
        (_, open: string, members: string, close: string) => {
          const known = members.split(',').map((member) => member.trim())
          return `${open}${[...known, `'${name.kebab}'`].filter((member) => member !== '').join(', ')}${close}`
        },
      ),
  }
}

function adapterOf(name: Name): string {
  return `/**
 * Venue \`${name.kebab}\`. Called by the broker registry.
 * Must never declare what its session does not do.
 */
import { unsupported } from '@tradewire/broker-kit/broker-error'
import { defineBroker } from '@tradewire/broker-kit/define-broker'
import { err, ok } from '@tradewire/kernel/result'
import { z } from 'zod'
import { ${name.pascal}Session } from './${name.kebab}-session.client.ts'

export const ${name.camel}Broker = defineBroker({
  id: '${name.kebab}',
  title: '${name.pascal}',
  credentials: z.strictObject({
    apiKey: z.string().trim().min(1).max(200).meta({ title: 'API key' }),
    secret: z.string().trim().min(1).max(200).meta({ title: 'API secret', secret: true }),
  }),
  capabilities: {
    orderTypes: [],
    reduceOnly: false,
    trailing: false,
    leverage: null,
    hedging: false,
    positions: 'net',
    targets: false,
    clientId: {
      field: 'clientOrderId',
      lengthMax: 36,
      characters: 'base36',
      uniqueness: 'none',
      queryable: false,
      readLagMs: 60_000,
    },
    streams: { orders: false, balances: false },
    feeInReply: false,
    keyTold: [],
    instrumentsPer: 'venue',
  },
  rateLimits: [],
  readWeights: { order: 1, openOrders: 1, balances: 1, positions: 1, fills: 1, rates: 1 },
  paperReadLagMs: 2_000,
  async connect(_credentials, { environment }) {
    await Promise.resolve()
    if (environment === 'live') return err(unsupported('environment:live', '${name.kebab} is not connected yet'))
    return ok(new ${name.pascal}Session())
  },
})
`
}

/** Every call refuses with \`unsupported\`: nothing answers success without acting. */
function sessionOf(name: Name): string {
  const refusing = (signature: string, capability: string) =>
    `  ${signature} {\n    return refuse('${capability}')\n  }\n`
  return `/**
 * One account's conversation with \`${name.kebab}\`. Made by its adapter; called by placement and reconciliation.
 * Must never answer success without having acted: what is not written refuses.
 */
import { unsupported, type UnsupportedError } from '@tradewire/broker-kit/broker-error'
import type { BrokerSession, SessionHealth } from '@tradewire/broker-kit/broker-session'
import { err, type Result } from '@tradewire/kernel/result'

function refuse(capability: string): Promise<Result<never, UnsupportedError>> {
  return Promise.resolve(err(unsupported(capability, \`${name.kebab} does not \${capability} yet\`)))
}

export class ${name.pascal}Session implements BrokerSession {
${[
  refusing('submit()', 'submit'),
  refusing('cancel()', 'cancel'),
  refusing('findByClientId()', 'find orders'),
  refusing('openOrders()', 'list open orders'),
  refusing('positions()', 'list positions'),
  refusing('balances()', 'list balances'),
  refusing('fillsSince()', 'list fills'),
  refusing('instruments()', 'list instruments'),
  refusing('rates()', 'list rates'),
  refusing('setLeverage()', 'set leverage'),
  refusing('keyFacts()', 'ask what a key may do'),
].join('\n')}
  /** No stream: the listener is never called, and there is nothing to stop. */
  events(): () => void {
    return () => undefined
  }

  health(): SessionHealth {
    return { streaming: false, lastMessageAtMs: null }
  }

  async close(): Promise<void> {
    await Promise.resolve()
  }
}
`
}

function specOf(name: Name): string {
  return `import { describe, expect, it } from 'vitest'
import { ${name.camel}Broker } from './${name.kebab}.adapter.ts'
import { ${name.pascal}Session } from './${name.kebab}-session.client.ts'

describe('the ${name.kebab} adapter', () => {
  it('declares no order type as long as it refuses every order', async () => {
    expect(${name.camel}Broker.capabilities.orderTypes).toEqual([])
    expect(await new ${name.pascal}Session().submit()).toMatchObject({ ok: false, error: { kind: 'unsupported' } })
  })
})
`
}
