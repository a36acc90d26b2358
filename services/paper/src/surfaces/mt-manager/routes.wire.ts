/**
 * Which operation a path means: paths are the same in any case, and version 1 has none in them. Pure; called by the server.
 * Must never take a path for an operation of another version.
 */
import type { ManagerOperation } from './call.wire.ts'

export interface Found {
  readonly operation: ManagerOperation
  readonly version: 1 | 2
  readonly platformId: string
  readonly parameters: Readonly<Record<string, string>>
}

const platformPath = /^api\/(v2\/)?(mt4|mt5)\/([^/]+)\/(.+)$/i

export function findOperation(all: readonly ManagerOperation[], method: string, path: string): Found | undefined {
  const [, second, kind, platformId, rest] = platformPath.exec(path) ?? []
  if (platformId === undefined || rest === undefined) return undefined
  const version = second === undefined ? 1 : 2
  const parts = rest.split('/')
  for (const operation of all) {
    const { versions = [2] } = operation
    if (operation.method !== method || operation.kind !== kind?.toUpperCase() || !versions.includes(version)) continue
    const parameters = parametersOf(operation.path.split('/'), parts)
    if (parameters !== undefined) return { operation, version, platformId, parameters }
  }
  return undefined
}

function parametersOf(wanted: readonly string[], parts: readonly string[]): Record<string, string> | undefined {
  if (wanted.length !== parts.length) return undefined
  const parameters: Record<string, string> = {}
  for (const [index, name] of wanted.entries()) {
    const part = decoded(parts[index] ?? '')
    const parameter = /^\{(\w+)\}$/.exec(name)?.[1]
    if (part === undefined || (parameter === undefined && part.toLowerCase() !== name.toLowerCase())) return undefined
    if (parameter !== undefined) parameters[parameter] = part
  }
  return parameters
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}
