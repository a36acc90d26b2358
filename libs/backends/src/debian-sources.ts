/**
 * Which Debian archive this machine already uses, read from its own package sources.
 * Called by the rootless fetch. Must never name an archive of its own: the machine's choice is kept.
 */
import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'

const releaseNames = new Set(
  'stable oldstable oldoldstable testing unstable sid bullseye bookworm trixie forky duke'.split(' '),
)

/** The archive addresses found in a one-line style file (sources.list). */
export function archivesOfList(text: string): string[] {
  return text.split('\n').flatMap((line) => {
    const match = /^\s*deb\s+(?:\[[^\]]*\]\s+)?(\S+)\s+(\S+)\s+(.*)$/.exec(line)
    const [, uri, suite, components] = match ?? []
    if (uri === undefined || suite === undefined || components === undefined) return []
    return releaseNames.has(suite) && components.split(/\s+/).includes('main') ? [uri] : []
  })
}

/** The archive addresses found in a deb822 style file (*.sources). */
export function archivesOfStanzas(text: string): string[] {
  return text.split(/\n\s*\n/).flatMap((stanza) => {
    const fields = fieldsOf(stanza)
    const words = (name: string): string[] => (fields.get(name) ?? '').split(/\s+/).filter(Boolean)
    const wanted =
      words('types').includes('deb') &&
      words('components').includes('main') &&
      words('suites').some((suite) => releaseNames.has(suite)) &&
      fields.get('enabled') !== 'no'
    return wanted ? words('uris') : []
  })
}

function fieldsOf(stanza: string): Map<string, string> {
  const fields = new Map<string, string>()
  let last = ''
  for (const line of stanza.split('\n')) {
    if (line.startsWith('#')) continue
    const match = /^([A-Za-z-]+):\s*(.*)$/.exec(line)
    if (match?.[1] !== undefined) {
      last = match[1].toLowerCase()
      fields.set(last, match[2] ?? '')
    } else if (/^\s/.test(line)) {
      fields.set(last, `${fields.get(last) ?? ''} ${line.trim()}`)
    }
  }
  return fields
}

/** The Debian archives of this machine in the order of its files, without repeats. */
export async function debianArchives(aptDirectory = '/etc/apt'): Promise<string[]> {
  const found: string[] = archivesOfList(await readFile(join(aptDirectory, 'sources.list'), 'utf8').catch(() => ''))
  const parts = join(aptDirectory, 'sources.list.d')
  for (const name of (await readdir(parts).catch(() => [])).toSorted((left, right) => left.localeCompare(right))) {
    const text = await readFile(join(parts, name), 'utf8').catch(() => '')
    if (name.endsWith('.list')) found.push(...archivesOfList(text))
    if (name.endsWith('.sources')) found.push(...archivesOfStanzas(text))
  }
  return [...new Set(found)]
}
