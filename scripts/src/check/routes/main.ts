/** The audit of all operations of the public API: `node scripts/dist/check/routes/main.js [--json]`. */
import { allRoutes } from '@tradewire/contracts/http/all'
import { gatewayOperations } from '@tradewire/contracts/http/gateway'
import { reportFindings } from '../report-findings.ts'
import { routeExceptions } from './exceptions.ts'
import { auditRoutes } from './route-rules.ts'

process.exitCode = reportFindings(
  auditRoutes(allRoutes, gatewayOperations, routeExceptions),
  `${allRoutes.length + gatewayOperations.length} operations`,
)
