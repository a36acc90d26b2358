/**
 * The file with the private signing keys: a JWK set, readable by its owner only.
 * Called once at start by the module. Must never be written with a wider mode, nor overwritten.
 */
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { accessToken } from '@tradewire/contracts/rpc/identity'
import type { Clock } from '@tradewire/kernel/clock'
import type { Randomness } from '@tradewire/kernel/randomness'
import { calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose'
import { z } from 'zod'

const privateKey = z.object({
  kty: z.literal('OKP'),
  crv: z.literal('Ed25519'),
  x: z.string(),
  d: z.string(),
  kid: z.string().min(1),
  /** Our own member: from then on this key signs. It is public a day before at least. */
  signsFrom: z.iso.datetime(),
})
export type PrivateKey = z.output<typeof privateKey>
const keyFile = z.object({ keys: z.array(privateKey).min(1) })

/** The second key is published from the first day and takes over then. */
const secondKeyAfterDays = 90
const dayMs = 86_400_000
const ownerOnly = 0o600

/** Reads the keys, making the file first if it is not there. Throws when the file is not usable; the text never shows. */
export async function loadSigningKeys(
  path: string,
  deps: { readonly clock: Clock; readonly randomness: Randomness },
): Promise<readonly PrivateKey[]> {
  const text = await readIfThere(path)
  if (text !== undefined) return parseKeys(path, text)
  await createKeyFile(path, deps)
  return parseKeys(path, await readFile(path, 'utf8'))
}

function parseKeys(path: string, text: string): readonly PrivateKey[] {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    json = undefined
  }
  const parsed = keyFile.safeParse(json)
  if (!parsed.success)
    throw new Error(`${path} is not a JWK set of Ed25519 keys: restore it, or delete it for new keys`)
  return parsed.data.keys
}

/** Written aside and linked into place, so that of two processes at once one wins and both read the same keys. */
async function createKeyFile(
  path: string,
  { clock, randomness }: { readonly clock: Clock; readonly randomness: Randomness },
): Promise<void> {
  const now = clock.now()
  const later = new Date(now.getTime() + secondKeyAfterDays * dayMs)
  const keys = [await newKey(now), await newKey(later)]
  const aside = `${path}.${randomness.bytes(6).toString('hex')}`
  await mkdir(dirname(path), { recursive: true })
  await writeFile(aside, `${JSON.stringify({ keys }, null, 2)}\n`, { mode: ownerOnly, flag: 'wx' })
  try {
    await link(aside, path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    await rm(aside)
  }
}

async function newKey(signsFrom: Date): Promise<PrivateKey> {
  const pair = await generateKeyPair(accessToken.algorithm, { crv: 'Ed25519', extractable: true })
  const jwk = await exportJWK(pair.privateKey)
  const kid = await calculateJwkThumbprint(jwk)
  return privateKey.parse({ ...jwk, kid, signsFrom: signsFrom.toISOString() })
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
