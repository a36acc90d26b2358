import { createServer, type Server } from 'node:http'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { freePort } from '@tradewire/backends/free-port'
import { allBrokers } from '@tradewire/brokers/adapters/registry.adapter'
import { serverAddress } from '@tradewire/bus/server-address'
import { paperCredentials } from '@tradewire/contracts/paper/control'
import { SystemRandomness } from '@tradewire/kernel/randomness'
import { MasterKeys, Sealer } from '@tradewire/kernel/sealing'
import { GatewayClient } from '@tradewire/launcher/gateway/gateway-client'
import { readRun } from '@tradewire/launcher/home/run-record'
import { ControlClient } from '@tradewire/launcher/paper/control-client'
import { eventually } from '@tradewire/testkit/eventually'
import { connect, type NatsConnection } from 'nats'
import { Client } from 'pg'
import { request } from 'undici'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { realSystem } from '../system/real-system.ts'

/** In every credential that the test types; a leak shows it whatever stands around it. */
const canary = 'c4n4ryS3cret'
const port = await freePort()
/** Whatever anybody could have read: traces, bus messages, replies. */
const overheard: string[] = []
let collector: Server
let bus: NatsConnection

const system = realSystem({
  settings: {
    LOG_LEVEL: 'trace',
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
    OTEL_BSP_SCHEDULE_DELAY: '100',
  },
})

beforeAll(async () => {
  collector = createServer((incoming, reply) => {
    let body = ''
    incoming.setEncoding('utf8').on('data', (chunk: string) => (body += chunk))
    incoming.on('end', () => {
      overheard.push(body)
      reply.writeHead(200, { 'content-type': 'application/json' }).end('{}')
    })
  })
  await new Promise<void>((resolve) => collector.listen(port, '127.0.0.1', resolve))
  bus = await connect(serverAddress(system.endpoints.nats))
  const everything = bus.subscribe('>')
  void (async () => {
    for await (const message of everything) overheard.push(`${message.subject} ${message.string()}`)
  })()
})

afterAll(async () => {
  await bus.close()
  collector.closeAllConnections()
  collector.close()
})

async function call(method: 'GET' | 'POST' | 'DELETE', path: string, json?: unknown): Promise<{ id?: string }> {
  const { gateway = '', operator = { username: '', password: '' } } = system.endpoints
  const token = await new GatewayClient(gateway, operator, delay).token()
  const reply = await request(gateway + path, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: json === undefined ? null : JSON.stringify(json),
  })
  const text = await reply.body.text()
  overheard.push(`${method} ${path} ${text}`)
  return text === '' ? {} : (JSON.parse(text) as { id?: string })
}

/** Every row of every table, as an administrator dumps them. */
async function dumpOf(database: string): Promise<string> {
  const client = new Client({ connectionString: database })
  await client.connect()
  try {
    const tables = await client.query<{ schema: string; name: string }>(
      `select table_schema as schema, table_name as name from information_schema.tables
       where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')`,
    )
    const texts = []
    for (const { schema, name } of tables.rows) {
      const rows = await client.query<{ text: string }>(
        `select row_to_json(t)::text as text from "${schema}"."${name}" t`,
      )
      texts.push(...rows.rows.map(({ text }) => `${schema}.${name} ${text}`))
    }
    return texts.join('\n')
  } finally {
    await client.end()
  }
}

interface SecretRow {
  readonly userId: string
  readonly accountId: string
  readonly masterVersion: number
  readonly dataKey: Buffer
  readonly fields: Record<string, string>
}

async function secretRows(database: string): Promise<SecretRow[]> {
  const client = new Client({ connectionString: database })
  await client.connect()
  try {
    const { rows } = await client.query<SecretRow>(
      `select a.user_id as "userId", a.id as "accountId", s.master_version as "masterVersion", s.data_key as "dataKey",
         s.fields from brokers.account a join brokers.account_secret s on s.account_id = a.id`,
    )
    return rows
  } finally {
    await client.end()
  }
}

function openedBy(keys: string, { userId, accountId, ...sealed }: SecretRow): boolean {
  try {
    new Sealer(MasterKeys.parse(keys), new SystemRandomness()).open({ userId, subject: accountId }, sealed)
    return true
  } catch {
    return false
  }
}

/** All files below a folder but those below the named ones, as text. */
function filesBelow(folder: string, without: readonly string[]): { path: string; text: string }[] {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((each) => each.isFile())
  const paths = files.map((each) => join(each.parentPath, each.name))
  const wanted = paths.filter((path) => !without.some((each) => path.startsWith(join(folder, each))))
  return wanted.flatMap((path) => {
    try {
      return [{ path, text: readFileSync(path, 'latin1') }]
    } catch {
      // Servers rename and remove files as they work.
      return []
    }
  })
}

/** What a service's process was given: its environment and the files that it names. */
function givenTo(pid: number): string {
  const environment = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0')
  const files = environment.flatMap((each) => /^\w+_KEY_FILE=(.+)$/.exec(each)?.[1] ?? [])
  return [...environment, ...files.map((path) => readFileSync(path, 'utf8'))].join('\n')
}

describe('credentials', () => {
  it('are found in no log, event, question, reply, dump, trace or file of a store, whatever is done with them', async () => {
    const control = ControlClient.at(system.endpoints.paper?.control ?? '')
    const made = await control.ask(
      { method: 'POST', path: '/accounts', body: { venue: 'paper', balance: '1000' } },
      paperCredentials,
    )
    for (const { id, credentials } of allBrokers) {
      const typed = Object.keys(credentials.shape).map((field) => [field, `${canary}-${field}`])
      await call('POST', '/v1/accounts', { venue: id, environment: 'paper', credentials: Object.fromEntries(typed) })
    }
    await call('POST', '/v1/accounts', { venue: 'paper', credentials: { [canary]: canary, apiKey: canary } })
    await call('POST', '/v1/accounts', { venue: canary, credentials: { apiKey: canary } })
    await call('POST', '/v1/accounts', { venue: 'paper', credentials: [canary] })
    await call('POST', '/v1/accounts/batch', { accounts: [{ venue: 'paper', credentials: made.credentials }] })
    const { id } = await call('POST', '/v1/accounts', { venue: 'paper', label: 'Own', credentials: made.credentials })
    expect(id).toBeDefined()
    await call('GET', `/v1/accounts/${id}`)
    await call('POST', `/v1/accounts/${id}/test`)
    await call('GET', `/v1/accounts/${id}/balance`)
    await control.ask({ method: 'POST', path: `/accounts/${made.accountId}/revoke-key` }, paperCredentials.partial())
    await call('POST', `/v1/accounts/${id}/test`)
    await eventually(() => overheard.some((text) => text.includes('resourceSpans')), { describe: 'spans' })

    const boxes = overheard.filter((text) => text.startsWith('rpc.brokers.accounts.connect'))
    expect(boxes.length).toBeGreaterThan(0)
    expect(boxes.filter((text) => !text.includes('"ephemeralKey"'))).toEqual([])
    const dump = await dumpOf(system.endpoints.database)
    expect(dump).toContain('brokers.account_secret')
    // The venue knows its own keys; nothing of ours may.
    const files = filesBelow(system.home.root, ['paper'])
    const secrets = [canary, made.secret]
    const places = [...overheard, ...dump.split('\n'), ...files.map(({ path, text }) => `${path} ${text}`)]
    const leaks = places.filter((text) => secrets.some((secret) => text.includes(secret)))
    expect(leaks.map((text) => text.slice(0, 200))).toEqual([])
    // The search finds what is there.
    expect(filesBelow(system.home.root, []).some(({ text }) => text.includes(made.secret))).toBe(true)
  })

  it('stay closed for whoever has the whole database and all that every other service was given', async () => {
    const rows = await secretRows(system.endpoints.database)
    expect(rows.length).toBeGreaterThan(0)
    const run = await readRun(system.home)
    const services = run?.parts.filter(({ kind }) => kind === 'service') ?? []
    expect(services.length).toBeGreaterThan(5)
    const brokers = services.find(({ name }) => name === 'brokers')
    const keysOf = (text: string) => [...text.matchAll(/[A-Za-z0-9+/]{43}=/g)].map(([key]) => key)
    const others = services.filter(({ name }) => name !== 'brokers').flatMap(({ pid }) => keysOf(givenTo(pid)))
    expect(others.length).toBeGreaterThan(0)
    expect(others.filter((key) => rows.some((row) => openedBy(`v${row.masterVersion}:${key}`, row)))).toEqual([])
    const own = keysOf(givenTo(brokers?.pid ?? 0))
    expect(rows.every((row) => own.some((key) => openedBy(`v${row.masterVersion}:${key}`, row)))).toBe(true)
  })

  it('do not open when they are swapped with those of another account', async () => {
    const [first, second] = await secretRows(system.endpoints.database)
    const keys = readFileSync(join(system.home.keys, 'brokers-master.key'), 'utf8')
    if (first === undefined || second === undefined) throw new Error('two accounts are needed')
    const { userId, accountId } = first
    expect(openedBy(keys, first)).toBe(true)
    expect(openedBy(keys, { ...second, userId, accountId })).toBe(false)
    expect(openedBy(keys, { ...first, fields: second.fields })).toBe(false)
    expect(openedBy(keys, { ...first, dataKey: second.dataKey })).toBe(false)
  })
})
