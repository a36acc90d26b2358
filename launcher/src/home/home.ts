/**
 * The folder that holds one installation: databases, keys, logs and the record of what runs.
 * Called by every command that takes --home. Must never be readable for other users of the machine.
 */
import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { LauncherError, messageOf } from '../terminal/launcher-error.ts'

export interface Home {
  readonly root: string
  readonly logs: string
  readonly keys: string
  readonly postgres: string
  readonly nats: string
  readonly paper: string
  /** E-mails, while no SMTP server is set. */
  readonly mail: string
  /** What runs now, for status and down. */
  readonly runFile: string
  readonly lockFile: string
  readonly secretsFile: string
  readonly operatorFile: string
  readonly endpointsFile: string
}

/** The project folder: three levels up from launcher/dist/home or launcher/src/home. */
export const projectRoot = resolve(fileURLToPath(new URL('../../../', import.meta.url)))
export const toolsDirectory = join(projectRoot, '.tools')
export const defaultHome = join(projectRoot, '.tradewire')

export function homeAt(directory: string): Home {
  const root = resolve(directory.replace(/^~(?=$|\/)/, homedir()))
  return {
    root,
    logs: join(root, 'logs'),
    keys: join(root, 'keys'),
    postgres: join(root, 'postgres'),
    nats: join(root, 'nats'),
    paper: join(root, 'paper'),
    mail: join(root, 'mail'),
    runFile: join(root, 'run.json'),
    lockFile: join(root, 'up.lock'),
    secretsFile: join(root, 'secrets.json'),
    operatorFile: join(root, 'operator.json'),
    endpointsFile: join(root, 'endpoints.json'),
  }
}

const privateDirectoryMode = 0o700
/** As root PostgreSQL runs as another user, who must pass through the folder but not list it. */
const passableDirectoryMode = 0o711
const privateFileMode = 0o600

const reasons: Readonly<Record<string, string>> = {
  EEXIST: 'it is a file',
  ENOTDIR: 'a part of this path is a file',
  EACCES: 'the folder above it belongs to somebody else',
}

function reasonOf(cause: unknown): string {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
  return reasons[code] ?? messageOf(cause)
}

export async function createHome(home: Home): Promise<void> {
  await mkdir(home.root, { recursive: true }).catch((cause: unknown) => {
    throw new LauncherError(`${home.root} cannot be a home: ${reasonOf(cause)}`, 'name a folder of yours with --home')
  })
  await chmod(home.root, process.getuid?.() === 0 ? passableDirectoryMode : privateDirectoryMode)
  for (const folder of [home.logs, home.keys, home.paper, home.mail]) {
    await mkdir(folder, { recursive: true, mode: privateDirectoryMode })
  }
}

/** Writes the whole file or nothing, readable for its owner only. */
export async function writePrivateJson(file: string, value: unknown): Promise<void> {
  const unfinished = `${file}.${process.pid}`
  await writeFile(unfinished, `${JSON.stringify(value, null, 2)}\n`, { mode: privateFileMode })
  await rename(unfinished, file)
}

/** The parsed content; undefined when there is no such file. */
export async function readJson<Value>(file: string): Promise<Value | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Value
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}

export function logFileOf(home: Home, part: string): string {
  return join(home.logs, `${part}.log`)
}
