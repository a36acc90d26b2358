/**
 * What this machine and this home need, checked one by one; each problem comes with the command that mends it.
 * Called by the `doctor` command. Must never change anything and never fail as a whole.
 */
import { execFile } from 'node:child_process'
import { statfs, stat } from 'node:fs/promises'
import { freemem } from 'node:os'
import { promisify } from 'node:util'
import { findNatsServer } from '@tradewire/backends/find-nats-server'
import { debianArchives } from '@tradewire/backends/debian-sources'
import { findPostgresBinaries, missingLinks } from '@tradewire/backends/postgres-binaries'
import { portIsFree } from '@tradewire/backends/free-port'
import { commandIn, portArgument } from '../home/command-in.ts'
import { type Home, projectRoot, toolsDirectory } from '../home/home.ts'
import { isSameProcess, readRun } from '../home/run-record.ts'
import { portOffsets, portsApart } from '../services/ports.ts'
import { portHolder } from '../system/port-holder.ts'
import { messageOf } from '../terminal/launcher-error.ts'

export interface Finding {
  readonly name: string
  /** `missing` fails the doctor, `note` only tells. */
  readonly state: 'ok' | 'note' | 'missing'
  readonly detail: string
  readonly mend?: string
}

const nodeMajor = 24
const commandLimitMs = 10_000
const diskNeededBytes = 1_000_000_000
const memoryNeededBytes = 1_000_000_000
const megabyteBytes = 1_000_000
/** Others may pass through the home of root, and nobody may do more. */
const openToOthersBits = 0o066

export interface DoctorInput {
  readonly home: Home
  readonly port: number
}

type Check = (input: DoctorInput) => Promise<Finding>

const checks: readonly (readonly [string, Check])[] = [
  ['node', checkNode],
  ['npm', checkNpm],
  ['postgresql', checkPostgres],
  ['nats-server', checkNats],
  ['disk', checkDisk],
  ['memory', checkMemory],
  ['ports', checkPorts],
  ['home', checkHome],
]

export async function runChecks(input: DoctorInput): Promise<Finding[]> {
  const findings: Finding[] = []
  for (const [name, check] of checks) {
    findings.push(await check(input).catch((error: unknown) => missing(name, messageOf(error))))
  }
  return findings
}

function upCommand(home: Home, port: number): string {
  return commandIn(home, `up${portArgument(port)}`)
}

function ok(name: string, detail: string): Finding {
  return { name, state: 'ok', detail }
}

function missing(name: string, detail: string, mend?: string): Finding {
  return { name, state: 'missing', detail, ...(mend === undefined ? {} : { mend }) }
}

async function checkNode(): Promise<Finding> {
  const { node } = process.versions
  if (Number(node.split('.')[0]) === nodeMajor) return ok('node', `${node}, the project's own`)
  return missing('node', `this is Node ${node}, not ${nodeMajor}`, 'rm -rf node_modules && ./tradewire doctor')
}

async function checkNpm(): Promise<Finding> {
  try {
    const { stdout } = await promisify(execFile)('npm', ['--version'], { timeout: commandLimitMs })
    return ok('npm', `${stdout.trim()} (fetches pnpm when packages change)`)
  } catch {
    return missing('npm', 'not found; it is needed when packages change', 'apt-get install npm')
  }
}

async function checkPostgres({ home, port }: DoctorInput): Promise<Finding> {
  const binaries = findPostgresBinaries()
  const links = await missingLinks(binaries)
  const { stdout } = await promisify(execFile)(binaries.postgres, ['--version'], { timeout: commandLimitMs }).catch(
    () => ({ stdout: '' }),
  )
  if (links > 0)
    return {
      name: 'postgresql',
      state: 'note',
      detail: `${links} library links are missing; ${upCommand(home, port)} makes them`,
    }
  if (stdout === '') return missing('postgresql', 'the embedded server does not run here', `ldd ${binaries.postgres}`)
  return ok('postgresql', stdout.trim())
}

async function checkNats({ home, port }: DoctorInput): Promise<Finding> {
  const found = await findNatsServer({ toolsDirectory, fetch: false }).catch(() => undefined)
  if (found !== undefined)
    return ok('nats-server', `${found.version} (${found.source === 'path' ? found.path : 'fetched earlier'})`)
  const [archive] = await debianArchives()
  if (archive !== undefined)
    return {
      name: 'nats-server',
      state: 'note',
      detail: `not there; ${upCommand(home, port)} fetches it from Debian`,
    }
  return missing(
    'nats-server',
    'none on PATH, and this system has no Debian archive',
    'install nats-server 2.10 or newer',
  )
}

async function checkDisk(): Promise<Finding> {
  const { bavail, bsize } = await statfs(projectRoot)
  const free = bavail * bsize
  const detail = `${Math.round(free / megabyteBytes)} MB free`
  return free >= diskNeededBytes ? ok('disk', detail) : missing('disk', `only ${detail}; 1 GB is wanted`, 'df -h')
}

async function checkMemory(): Promise<Finding> {
  const free = freemem()
  const detail = `${Math.round(free / megabyteBytes)} MB free`
  return free >= memoryNeededBytes
    ? ok('memory', detail)
    : { name: 'memory', state: 'note', detail: `${detail}; 1 GB is comfortable` }
}

async function checkPorts({ home, port }: DoctorInput): Promise<Finding> {
  const record = await readRun(home)
  if (record !== undefined && isSameProcess(record.launcher)) return ok('ports', 'in use by this home, which runs')
  const wanted = Object.values(portOffsets).map((offset) => port + offset)
  const taken: string[] = []
  for (const candidate of wanted) {
    if (await portIsFree(candidate)) continue
    const holder = portHolder(candidate)
    taken.push(holder === undefined ? String(candidate) : `${candidate} by ${holder.command} (pid ${holder.pid})`)
  }
  if (taken.length === 0) return ok('ports', `${port} and those that follow are free`)
  return missing('ports', `taken: ${taken.join(', ')}`, upCommand(home, port + portsApart))
}

async function checkHome({ home, port }: DoctorInput): Promise<Finding> {
  const facts = await stat(home.root).catch(() => undefined)
  if (facts === undefined) return ok('home', `${home.root} does not exist yet; ${upCommand(home, port)} makes it`)
  if (process.getuid !== undefined && facts.uid !== process.getuid()) {
    return missing('home', `${home.root} belongs to another user`, `chown -R $(id -u) ${home.root}`)
  }
  if ((facts.mode & openToOthersBits) === 0) return ok('home', `${home.root} is closed to others`)
  return missing('home', `${home.root} is open to other users`, `chmod go-rw ${home.root}`)
}
