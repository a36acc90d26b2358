/** Links between pages: each leads to a file that is there, and to a heading that stands in it. */
import { posix } from 'node:path'
import type { Finding } from '../finding.ts'
import { withoutCode } from './page-text.ts'

/** What the check asks of the repository. */
export interface Tree {
  has(path: string): boolean
  /** Of a page. */
  textOf(path: string): string
}

const mend = 'mend the link: the file was moved, or the heading renamed'

export function checkLinks(path: string, tree: Tree): Finding[] {
  const lines = withoutCode(tree.textOf(path)).split('\n')
  return lines.flatMap((text, index) =>
    [...text.matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, link = '']) => {
      const fault = faultOf(path, link, tree)
      return fault === null ? [] : [{ path, line: index + 1, rule: 'no-dead-link', message: fault, mend }]
    }),
  )
}

function faultOf(path: string, link: string, tree: Tree): string | null {
  if (/^[a-z]+:/.test(link)) return null
  const [file = '', heading] = link.split('#')
  const target = file === '' ? path : posix.join(posix.dirname(path), file)
  if (!tree.has(target)) return `${link} leads nowhere`
  if (heading === undefined || !target.endsWith('.md')) return null
  return headingsOf(tree.textOf(target)).has(heading) ? null : `${target} has no heading #${heading}`
}

/** As pages on the web name their headings. */
function headingsOf(text: string): Set<string> {
  const headings = withoutCode(text).match(/^#+ .*$/gm) ?? []
  return new Set(
    headings.map((line) =>
      line
        .replace(/^#+ /, '')
        .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
        .trim()
        .replaceAll(/\s/g, '-'),
    ),
  )
}
