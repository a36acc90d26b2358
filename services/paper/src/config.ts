/** The settings of the paper venue. Called by its service definition. Must never hold a secret's default. */
import { defineConfig, type ConfigOf } from '@tradewire/config/define-config'
import { z } from 'zod'

/** Room for 20,000 ticks in one request. */
const bodyLimitDefaultBytes = 8_388_608
const bodyLimitMaxBytes = 16_777_216

export const paperConfig = defineConfig(
  'paper',
  z.object({
    httpPort: z.number().int().min(0).max(65_535).default(7_402).describe('Port of the simulated venues; 0 takes any'),
    httpBodyLimitBytes: z
      .number()
      .int()
      .min(1_024)
      .max(bodyLimitMaxBytes)
      .default(bodyLimitDefaultBytes)
      .describe('Largest request body that is read'),
    dataDirectory: z
      .string()
      .min(1)
      .default('paper-data')
      .describe('Directory of the journal: every account, order and fill of the simulated venues'),
    limits: z
      .enum(['generous', 'real'])
      .default('generous')
      .describe('Request and order budgets: generous for demos and load, real as the venues have them'),
    metaapiToken: z.string().trim().min(16).optional().meta({
      description:
        "The platform's token of the simulated MetaApi; with it there is the login 12345678 of the marketplace's document",
      secret: true,
    }),
    metaapiDetectionMs: z
      .number()
      .int()
      .min(0)
      .max(600_000)
      .default(0)
      .describe('How long MetaApi detects a broker account before it is created; it answers 202 meanwhile'),
    metaapiDeploymentMs: z
      .number()
      .int()
      .min(0)
      .max(600_000)
      .default(0)
      .describe('How long a MetaApi terminal takes to start, and as long again until it is connected'),
    mtManagerTokenSeconds: z
      .number()
      .int()
      .min(1)
      .max(86_400)
      .default(3_600)
      .describe('How long a token of the MetaTrader manager WebAPI lives'),
    mtManagerPumpLagMs: z
      .number()
      .int()
      .min(0)
      .max(600_000)
      .default(0)
      .describe('How far behind the MetaTrader manager answers from its own memory instead of from the trade server'),
    mtManagerLists: z
      .enum(['bare', 'value'])
      .default('bare')
      .describe('Lists of the MetaTrader manager that have no envelope: as such, or within a field "value"'),
    xapiMainPort: z
      .number()
      .int()
      .min(1)
      .max(65_535)
      .optional()
      .describe('TCP port of xAPI main connections; no TCP without'),
    xapiStreamPort: z
      .number()
      .int()
      .min(1)
      .max(65_535)
      .optional()
      .describe('TCP port of xAPI streaming connections; no TCP without'),
    xapiTlsCertificate: z
      .string()
      .optional()
      .describe('Certificate chain (PEM) of the xAPI TCP ports; plain TCP without'),
    xapiTlsKey: z.string().optional().meta({ description: 'Private key (PEM) of the certificate', secret: true }),
    xapiPacingMs: z.number().int().min(0).max(60_000).default(200).describe('xAPI requests shall be so far apart'),
    xapiPacingStrikesMax: z
      .number()
      .int()
      .min(1)
      .max(1_000)
      .default(6)
      .describe('So many xAPI requests in a row that come sooner end the connection'),
    xapiCommandBytesMax: z.number().int().min(64).max(1_048_576).default(1_024).describe('Largest xAPI command'),
    xapiConnectionsMax: z
      .number()
      .int()
      .min(1)
      .max(1_000_000)
      .optional()
      .describe('xAPI connections of one address; left out: 50 with real limits, else 20000'),
    xapiFirstDataMs: z
      .number()
      .int()
      .min(0)
      .max(600_000)
      .default(0)
      .describe(
        'A new xAPI connection that says nothing for so long is closed; 0 never, the real venue may after 1000',
      ),
    xapiSessionIdleMs: z
      .number()
      .int()
      .min(1)
      .max(86_400_000)
      .default(660_000)
      .describe('An xAPI session without a command for so long has ended'),
    xapiKeepAliveMs: z
      .number()
      .int()
      .min(10)
      .max(600_000)
      .default(3_000)
      .describe('Distance of xAPI keep-alive events'),
    xapiExecutionMs: z
      .number()
      .int()
      .min(0)
      .max(60_000)
      .default(0)
      .describe('How long an xAPI transaction stays pending before it is executed'),
    controlToken: z.string().min(16).optional().meta({
      description: 'Bearer token of the control API; open to everyone who reaches the port when not set',
      secret: true,
    }),
  }),
)

export type PaperConfig = ConfigOf<typeof paperConfig>
