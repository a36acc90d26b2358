/**
 * The settings that every service has, under its own prefix: where it listens and how it reaches its database.
 * Merged into each service's definition by defineConfig. Must never hold a setting of one service only.
 */
import { z } from 'zod'

const portMax = 65_535
const bodyLimitDefaultBytes = 1_048_576
const bodyLimitMaxBytes = 16_777_216
const databasePoolDefaultConnections = 10

export const serverSettings = z.object({
  httpHost: z.string().min(1).default('127.0.0.1').describe('Address to listen on; 0.0.0.0 for all'),
  httpPort: z.number().int().min(0).max(portMax).default(0).describe('Port to listen on; 0 takes any free port'),
  httpBodyLimitBytes: z
    .number()
    .int()
    .min(1_024)
    .max(bodyLimitMaxBytes)
    .default(bodyLimitDefaultBytes)
    .describe('Largest request body that is read'),
  httpTrustProxy: z
    .boolean()
    .default(false)
    .describe('Take the caller address from X-Forwarded-For; only behind a proxy that sets it'),
  databaseUrl: z
    .url()
    .optional()
    .meta({ description: 'Login of this service to PostgreSQL; DATABASE_URL when not set', secret: true }),
  databasePoolMax: z
    .number()
    .int()
    .min(1)
    .max(200)
    .default(databasePoolDefaultConnections)
    .describe('PostgreSQL connections at most'),
})

export type ServerSettings = z.output<typeof serverSettings>

/**
 * Further ones of a service whose port is public: operators ask for its metrics elsewhere. Taken into the settings of
 * such a service, which gives the port its default.
 */
export const operationsSettings = {
  operationsHost: z
    .string()
    .min(1)
    .default('127.0.0.1')
    .describe('Address at which operators ask for health and metrics; must not be reached from outside'),
  operationsPort: z
    .number()
    .int()
    .min(0)
    .max(portMax)
    .describe('Port at which operators ask for health and metrics; 0 takes any free port'),
}

export interface OperationsSettings {
  readonly operationsHost: string
  readonly operationsPort: number
}
