/** On what a bench ran, for its report. Called by the benches. */
import { cpus, totalmem } from 'node:os'
import type { Servers } from './servers.ts'

const bytesPerGb = 1024 ** 3

export function machineFacts({ postgresVersion, natsVersion }: Servers, delayMs: number): Record<string, string> {
  return {
    processors: `${cpus().length} x ${cpus()[0]?.model.trim() ?? 'unknown'}, shared by load, servers and all that is measured`,
    memory: `${Math.round(totalmem() / bytesPerGb)} GB`,
    software: `Node ${process.versions.node}, PostgreSQL ${postgresVersion}, nats-server ${natsVersion} (default sync interval)`,
    venue: `stub exchange, answers after ${delayMs} ms, no rate limit`,
  }
}
