/** No machine of ours in the tree: no registry hosts, no hosts in the lockfile, no absolute paths of a home or build folder. */
import type { Finding } from '../finding.ts'

interface LineRule {
  readonly rule: string
  readonly applies: (path: string) => boolean
  readonly pattern: RegExp
  readonly message: (match: string) => string
  readonly mend: string
}

/** Folders at the root of a disk where people and machines keep their work. */
const PRIVATE_FOLDERS = ['root', 'work', 'farm', 'home', 'Users', 'builds', 'workspace']
/** The image's own user; it exists in every container of it. */
const PUBLIC_HOMES = ['home/node/', 'home/tradewire/']

const isBinary = /\.(png|jpe?g|gif|webp|ico|gz|zip|woff2?|ttf|pdf)$/i
const isData = /\.(csv|ndjson|jsonl)$/i

export function isReadable(path: string): boolean {
  return !isBinary.test(path) && !isData.test(path)
}

const RULES: readonly LineRule[] = [
  {
    rule: 'no-host-in-lockfile',
    applies: (path) => path === 'pnpm-lock.yaml',
    pattern: /https?:\/\/\S+/,
    message: (match) => `the lockfile names ${match}`,
    mend: 'install from the default registry settings: the lockfile holds names, versions and checksums only',
  },
  {
    rule: 'no-registry-host',
    applies: () => true,
    pattern:
      /\b(registry\.[a-z0-9-]+\.(?:org|com|net|io|dev|cn)\b|[a-z0-9.-]+\/artifactory\/|npmmirror\.com|_auth[T]oken)/i,
    message: (match) => `names a package registry: ${match}`,
    mend: 'leave the registry to whoever installs',
  },
  {
    rule: 'no-machine-path',
    applies: (path) => path !== 'pnpm-lock.yaml',
    pattern: new RegExp(
      `(?<![A-Za-z0-9_.~}-])/(?!${PUBLIC_HOMES.join('|')})(${PRIVATE_FOLDERS.join('|')})/[A-Za-z0-9_.-]{2,}`,
    ),
    message: (match) => `names a path of one machine: ${match}`,
    mend: 'make it relative to the file, or take it from a setting',
  },
]

export function checkHosts(path: string, text: string): Finding[] {
  const rules = RULES.filter((rule) => rule.applies(path))
  return text.split('\n').flatMap((line, index) =>
    rules.flatMap(({ rule, pattern, message, mend }) => {
      const match = pattern.exec(line)
      return match === null ? [] : [{ path, line: index + 1, rule, message: message(match[0]), mend }]
    }),
  )
}
