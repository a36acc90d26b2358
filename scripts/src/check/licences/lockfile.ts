/** The packages of pnpm-lock.yaml and where pnpm installed them. Called by the licence command. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { z } from 'zod'
import type { InstalledPackage } from './licence-gate.ts'

const platforms = z.array(z.string()).optional()
const lockfileSchema = z.object({
  packages: z.record(z.string(), z.object({ os: platforms, cpu: platforms, libc: platforms })),
  snapshots: z.record(z.string(), z.object({ optional: z.boolean().optional() })),
})
const manifestSchema = z.object({
  license: z.union([z.string(), z.object({ type: z.string() })]).optional(),
  licenses: z.array(z.object({ type: z.string() })).optional(),
})

export interface LockedPackage {
  readonly name: string
  readonly version: string
  /** May be missing here: made for some platforms only, or needed only by such a package. */
  readonly optional: boolean
}

export function lockedPackages(lockfile: string): LockedPackage[] {
  const { packages, snapshots } = lockfileSchema.parse(parse(lockfile))
  const needed = new Set(
    Object.entries(snapshots).flatMap(([key, { optional }]) => (optional === true ? [] : [key.replace(/\(.*$/, '')])),
  )
  return Object.entries(packages).map(([key, { os, cpu, libc }]) => {
    const split = key.lastIndexOf('@')
    const platformOnly = os !== undefined || cpu !== undefined || libc !== undefined
    return { name: key.slice(0, split), version: key.slice(split + 1), optional: platformOnly || !needed.has(key) }
  })
}

/** Reads package.json of a locked package from pnpm's store folder; undefined if it is not installed here. */
export function installedPackage(
  storeFolder: string,
  folders: StoreFolders,
  locked: LockedPackage,
): InstalledPackage | undefined {
  const folder = folders.get(`${locked.name.replace('/', '+')}@${locked.version}`)
  if (folder === undefined) return undefined
  const path = join(storeFolder, folder, 'node_modules', locked.name, 'package.json')
  if (!existsSync(path)) return undefined
  const manifest = manifestSchema.parse(JSON.parse(readFileSync(path, 'utf8')))
  return { name: locked.name, version: locked.version, licence: licenceOf(manifest) }
}

function licenceOf({ license, licenses }: z.output<typeof manifestSchema>): string | undefined {
  if (typeof license === 'string') return license
  if (license !== undefined) return license.type
  return licenses === undefined ? undefined : licenses.map(({ type }) => type).join(' OR ')
}

/** `name@version` -> folder; pnpm appends peers to the folder's name. */
export type StoreFolders = ReadonlyMap<string, string>

export function storeFolders(storeFolder: string): StoreFolders {
  const folders = new Map<string, string>()
  for (const folder of readdirSync(storeFolder)) {
    const match = /^(@?[^@]+@[^_(]+)/.exec(folder)
    if (match?.[1] !== undefined) folders.set(match[1], folder)
  }
  return folders
}
