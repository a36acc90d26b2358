/** Links and code blocks: the check over all pages of the repository: `node scripts/dist/check/links/main.js [--json]`. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { reportFindings } from '../report-findings.ts'
import { repositoryFiles, repositoryRoot } from '../repository.ts'
import { checkBlocks } from './block-rules.ts'
import { checkLinks } from './link-rules.ts'

const root = repositoryRoot()
const pages = repositoryFiles(root).filter((path) => path.endsWith('.md'))
const tree = {
  has: (path: string) => existsSync(join(root, path)),
  textOf: (path: string) => readFileSync(join(root, path), 'utf8'),
}

process.exitCode = reportFindings(
  pages.flatMap((path) => [...checkLinks(path, tree), ...checkBlocks(path, tree.textOf(path))]),
  `${pages.length} pages`,
)
