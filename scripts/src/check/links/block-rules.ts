/**
 * Code blocks of pages stand between fences: a formatter takes the lines of an indented one for prose and joins them.
 * Called by the link check. Must never refuse a paragraph of a list.
 */
import type { Finding } from '../finding.ts'
import { withoutCode } from './page-text.ts'

/** Deeper than the text around it by so many columns, a block is code. */
const codeColumns = 4
const tabColumns = 4
const mend = 'put it between ```sh and ```, one command a line'

export function checkBlocks(path: string, text: string): Finding[] {
  const findings: Finding[] = []
  /** Where the text of the items of lists begins that are open here. */
  let items: number[] = []
  let follows: 'paragraph' | 'code' | 'nothing' = 'nothing'
  for (const [index, line] of withoutCode(text).split('\n').entries()) {
    const { columns, marker } = shapeOf(line)
    if (line.trim() === '') {
      follows = 'nothing'
      continue
    }
    if (follows !== 'paragraph') items = items.filter((column) => column <= columns)
    const inItem = items.at(-1) ?? 0
    if (follows !== 'paragraph' && columns >= inItem + codeColumns) {
      if (follows === 'nothing') {
        findings.push({ path, line: index + 1, rule: 'no-indented-code', message: 'a code block is indented', mend })
      }
      follows = 'code'
      continue
    }
    if (marker > 0) items = [...items.filter((column) => column <= columns), columns + marker]
    follows = /^#+ /.test(line) ? 'nothing' : 'paragraph'
  }
  return findings
}

/** How far a line is indented, and how wide the marker of its item is, if it begins one. */
function shapeOf(line: string): { readonly columns: number; readonly marker: number } {
  const indent = /^[ \t]*/.exec(line)![0]
  const marker = /^([-*+]|\d{1,9}[.)]) +/.exec(line.slice(indent.length))?.[0].length ?? 0
  return { columns: indent.replaceAll('\t', ' '.repeat(tabColumns)).length, marker }
}
