/** `pnpm gen event OWNER NOUN.VERB`. Called by the gen command. Must never change a contract that exists. */
import { eventNameOf, NameError, nameOf, type EventName } from './names.ts'
import type { Edit, Plan, Repository } from './plan.ts'

const LIST = /export const (\w+Events) = \[([^\]]*)\] as const\n?$/

export function planEvent(repository: Repository, ownerText: string, eventText: string): Plan {
  const owner = nameOf(ownerText)
  const event = eventNameOf(eventText)
  const path = `libs/contracts/src/events/${owner.kebab}.ts`
  const existing = repository.read(path)
  if (existing?.includes(`'${event.name}'`) === true) throw new NameError(`${event.name} is declared in ${path}`)
  const next = [
    `say in ${path} what ${event.name} means and which fields it carries; additive changes only from its first release on`,
    `append it in the transaction that makes it true: tx.append(${event.camel}, data)`,
    'pnpm docs:write',
  ]
  if (existing !== undefined) {
    return { files: [], edits: [{ path, change: (text) => insert(text, owner.kebab, event) }], next }
  }
  const list = `${owner.camel}Events`
  const head = `/** Events that \`${owner.kebab}\` owns. Called by ${owner.kebab} and those who listen. Must never carry a secret. */
import { z } from 'zod'
import { timestamp } from '../common.ts'
import { defineEvent } from '../define-event.ts'
`
  const text = `${head}\n${declarationOf(owner.kebab, event)}\nexport const ${list} = [${event.camel}] as const\n`
  return { files: [{ path, text }], edits: [register(list, owner.kebab)], next }
}

function declarationOf(owner: string, { name, camel, noun, verb }: EventName): string {
  return `export const ${camel} = defineEvent({
  name: '${name}',
  version: 1,
  owner: '${owner}',
  description: 'A ${noun} was ${verb}.',
  data: z.strictObject({ ${noun}Id: z.uuid(), ${verb}At: timestamp }),
  example: { ${noun}Id: '01963a5e-0000-7000-8000-000000000001', ${verb}At: '2022-11-06T16:53:59.180Z' },
})
`
}

/** Puts the contract before the owner's list, which closes the file, and into it. */
function insert(text: string, owner: string, event: EventName): string {
  const match = LIST.exec(text)
  if (match === null) throw new NameError(`events/${owner}.ts does not end with its list of events`)
  const [whole, list = '', members = ''] = match
  const names = [...members.split(',').map((member) => member.trim()), event.camel].filter((member) => member !== '')
  const oneLine = `export const ${list} = [${names.join(', ')}] as const\n`
  const isLong = oneLine.length > 121
  const closing = isLong
    ? `export const ${list} = [\n${names.map((member) => `  ${member},\n`).join('')}] as const\n`
    : oneLine
  const before = withImports(text.slice(0, text.length - whole.length))
  return `${before}${declarationOf(owner, event)}\n${closing}`
}

/** The generated contract needs `timestamp`; the others are there in every file of events. */
function withImports(text: string): string {
  return text.replace(/import \{ ([^}]+) \} from '\.\.\/common\.ts'/, (statement, names: string) =>
    names.split(', ').includes('timestamp') ? statement : statement.replace(names, `${names}, timestamp`),
  )
}

function register(list: string, owner: string): Edit {
  return {
    path: 'libs/contracts/src/events/all.ts',
    change: (text) =>
      text
        .replace(/(\n\nexport const allEvents)/, `\nimport { ${list} } from './${owner}.ts'$1`)
        .replace(/\n\]\s*$/, `\n  ...${list},\n]\n`),
  }
}
