/** The host and path check over all files of the repository: `node scripts/dist/check/hosts/main.js [--json]`. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { reportFindings } from '../report-findings.ts'
import { repositoryFiles, repositoryRoot } from '../repository.ts'
import { checkHosts, isReadable } from './host-rules.ts'

const root = repositoryRoot()
const files = repositoryFiles(root).filter(isReadable)

process.exitCode = reportFindings(
  files.flatMap((path) => checkHosts(path, readFileSync(join(root, path), 'utf8'))),
  `${files.length} files`,
)
