/**
 * The generated secrets of a home: passwords of its servers, the keys that seal credentials, the operator's password.
 * Called by `up` and `migrate`. Must never print a secret nor write one readable for others.
 */
import { appendFile, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { SystemRandomness, type Randomness } from '@tradewire/kernel/randomness'
import { MasterKeys } from '@tradewire/kernel/sealing'
import { LauncherError } from '../terminal/launcher-error.ts'
import { commandIn } from './command-in.ts'
import { type Home, readJson, writePrivateJson } from './home.ts'

export interface Secrets {
  /** Password of each service's login role, by service. */
  readonly databasePasswords: Readonly<Record<string, string>>
  /** Whoever can publish on the bus can order: its server lets in nobody else. */
  readonly natsPassword: string
}

export interface KeyFiles {
  readonly identitySigning: string
  readonly identityMaster: string
  readonly brokersMaster: string
  /** The token of the simulated MetaApi account that belongs to the platform. */
  readonly metaapiToken: string
}

const passwordBytes = 24
const masterKeyBytes = 32
const brokersMasterFile = 'brokers-master.key'

/** Base64url text of so many random bytes. */
export function newSecret(randomness: Randomness, bytes: number = passwordBytes): string {
  return randomness.bytes(bytes).toString('base64url')
}

/** Reads the secrets and adds those that are missing; what exists is never changed. */
export async function ensureSecrets(
  home: Home,
  services: readonly string[],
  randomness: Randomness = new SystemRandomness(),
): Promise<Secrets> {
  const known = await readJson<Partial<Secrets>>(home.secretsFile)
  const passwords = { ...known?.databasePasswords }
  for (const service of services) passwords[service] ??= newSecret(randomness)
  const natsPassword = known?.natsPassword ?? newSecret(randomness)
  const secrets: Secrets = { databasePasswords: passwords, natsPassword }
  if (JSON.stringify(known) !== JSON.stringify(secrets)) await writePrivateJson(home.secretsFile, secrets)
  return secrets
}

/** Adds a newer key to those that seal credentials, which stay; answers its version. */
export async function addMasterKey(home: Home, randomness: Randomness = new SystemRandomness()): Promise<number> {
  const path = join(home.keys, brokersMasterFile)
  const newest = await newestMasterKey(home)
  if (newest === undefined)
    throw new LauncherError(`there is no ${path}`, `${commandIn(home, 'up')} makes the first key`)
  await appendFile(path, newMasterKey(randomness, newest + 1))
  return newest + 1
}

/** The newest version in the file of keys that seal credentials; undefined where this home has none. */
export async function newestMasterKey(home: Home): Promise<number | undefined> {
  const known = await readFile(join(home.keys, brokersMasterFile), 'utf8').catch(() => undefined)
  return known === undefined ? undefined : MasterKeys.parse(known).newest
}

/** The form that services read: a version and 32 bytes; a later version is added as a further line. */
function newMasterKey(randomness: Randomness, version = 1): string {
  return `v${version}:${randomness.bytes(masterKeyBytes).toString('base64')}\n`
}

/** Makes the master keys that are missing. identity makes its own signing keys at the path that it is given. */
export async function ensureKeys(home: Home, randomness: Randomness = new SystemRandomness()): Promise<KeyFiles> {
  return {
    identitySigning: join(home.keys, 'identity-signing-keys.json'),
    identityMaster: await ensureMasterKey(join(home.keys, 'identity-master.key'), randomness),
    brokersMaster: await ensureMasterKey(join(home.keys, brokersMasterFile), randomness),
    metaapiToken: await ensureFile(join(home.keys, 'paper-metaapi-token'), newSecret(randomness)),
  }
}

function ensureMasterKey(path: string, randomness: Randomness): Promise<string> {
  return ensureFile(path, newMasterKey(randomness))
}

async function ensureFile(path: string, text: string): Promise<string> {
  try {
    await writeFile(path, text, { mode: 0o600, flag: 'wx' })
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  }
  return path
}
