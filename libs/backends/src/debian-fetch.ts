/**
 * Unpacks one Debian package without root and without touching the system: private package lists, signatures checked
 * with the system's keyring. Called by findNatsServer and the checks. Must never install anything.
 */
import { execFile } from 'node:child_process'
import { access, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { debianArchives } from './debian-sources.ts'

const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg'
const commandLimitMs = 300_000
const run = promisify(execFile)

export interface DebianFetch {
  readonly packageName: string
  /** Debian release to take it from, such as trixie. */
  readonly release: string
  /** Where work files may be put; they are removed again. */
  readonly workDirectory: string
  /** The package is unpacked here. */
  readonly target: string
}

/** Fetches and unpacks a package. Throws with the reason when this is no Debian or the archive has no such package. */
export async function fetchDebianPackage(fetch: DebianFetch): Promise<void> {
  const [archive] = await debianArchives()
  if (archive === undefined) throw new Error('this system lists no Debian archive in its package sources')
  await access(keyring).catch(() => {
    throw new Error(`${keyring} is missing: apt-get install debian-archive-keyring`)
  })
  await mkdir(fetch.workDirectory, { recursive: true })
  const work = await mkdtemp(join(fetch.workDirectory, 'apt-'))
  try {
    const options = await privateApt(work, `deb [signed-by=${keyring}] ${archive} ${fetch.release} main`)
    await run('apt-get', [...options, 'update'], { timeout: commandLimitMs, cwd: work })
    await run('apt-get', [...options, 'download', fetch.packageName], { timeout: commandLimitMs, cwd: work })
    const archiveFile = (await readdir(work)).find((name) => name.endsWith('.deb'))
    if (archiveFile === undefined) throw new Error(`${fetch.release} has no package ${fetch.packageName}`)
    await mkdir(fetch.target, { recursive: true })
    await run('dpkg-deb', ['-x', join(work, archiveFile), fetch.target], { timeout: commandLimitMs })
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

/** apt-get options that keep lists, cache and state inside `work`; the system's proxy settings still hold. */
async function privateApt(work: string, source: string): Promise<string[]> {
  await mkdir(join(work, 'lists', 'partial'), { recursive: true })
  await mkdir(join(work, 'cache', 'archives', 'partial'), { recursive: true })
  await writeFile(join(work, 'status'), '')
  await writeFile(join(work, 'sources.list'), `${source}\n`)
  const settings = {
    'Dir::Etc::sourcelist': join(work, 'sources.list'),
    'Dir::Etc::sourceparts': '/dev/null',
    'Dir::Etc::preferences': '/dev/null',
    'Dir::Etc::preferencesparts': '/dev/null',
    'Dir::State': work,
    'Dir::State::lists': join(work, 'lists'),
    'Dir::State::status': join(work, 'status'),
    'Dir::Cache': join(work, 'cache'),
    'Dir::Cache::archives': join(work, 'cache', 'archives'),
    'Acquire::Languages': 'none',
    // Root's apt would otherwise drop to an account that cannot write here.
    'APT::Sandbox::User': userInfo().username,
    'APT::Get::AllowUnauthenticated': 'false',
    'Acquire::AllowInsecureRepositories': 'false',
  }
  return ['-q', ...Object.entries(settings).flatMap(([name, value]) => ['-o', `${name}=${value}`])]
}
