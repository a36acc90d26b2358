/** The licence gate over the lockfile: `node scripts/dist/check/licences/main.js [--json]`. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { reportFindings } from '../report-findings.ts'
import { repositoryRoot } from '../repository.ts'
import type { Finding } from '../finding.ts'
import { judgeLicence } from './licence-gate.ts'
import { installedPackage, lockedPackages, storeFolders, type LockedPackage } from './lockfile.ts'

const root = repositoryRoot()
const store = join(root, 'node_modules/.pnpm')

function notInstalled({ name, version }: LockedPackage): Finding {
  return {
    path: 'pnpm-lock.yaml',
    line: 0,
    rule: 'licence',
    message: `${name}@${version} is locked but not installed: its licence cannot be read`,
    mend: 'run pnpm install',
  }
}

const folders = storeFolders(store)
const locked = lockedPackages(readFileSync(join(root, 'pnpm-lock.yaml'), 'utf8'))
const findings = locked.flatMap((entry) => {
  const installed = installedPackage(store, folders, entry)
  // A build for another platform has the licence of the package that asks for it, which is read where it is installed.
  if (installed === undefined) return entry.optional ? [] : [notInstalled(entry)]
  return judgeLicence(installed) ?? []
})

process.exitCode = reportFindings(findings, `${locked.length} packages`)
