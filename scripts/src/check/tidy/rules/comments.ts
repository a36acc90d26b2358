/** Style rule 17: files open with a comment, comments are sentences, nothing is left for later. */
import ts from 'typescript'
import type { Rule, Violation } from '../rule.ts'
import { commentLines, commentsOf, isShipped, lineOf, type Source } from '../source.ts'

const headLinesMax = 6
const headCharactersMin = 20

export const headComment: Rule = {
  name: 'head-comment',
  mend: 'open the file with up to three sentences: what it is, who calls it, what it must never do',
  applies: (source) => isShipped(source) && source.area !== 'launcher',
  check(source: Source): readonly Violation[] {
    const first = commentsOf(source)[0]
    const before = first === undefined ? 'x' : source.text.slice(0, first.pos).replace(/^#!.*\n/, '')
    if (first === undefined || before.trim() !== '')
      return [{ line: 1, message: 'the file does not open with a comment' }]
    const lines = headLines(source, first)
    const words = lines.join(' ')
    if (words.length < headCharactersMin || !/[.:!]/.test(words)) {
      return [{ line: 1, message: 'the opening comment is not a sentence' }]
    }
    if (lines.length > headLinesMax) {
      return [{ line: 1, message: `the opening comment has ${lines.length} lines; ${headLinesMax} are enough` }]
    }
    return []
  },
}

/** One block comment, or the run of line comments that opens the file. */
function headLines(source: Source, first: ts.CommentRange): string[] {
  if (first.kind === ts.SyntaxKind.MultiLineCommentTrivia) return firstParagraph(commentLines(source, first))
  const lines: string[] = []
  let end = first.pos
  for (const range of commentsOf(source)) {
    if (range.kind !== ts.SyntaxKind.SingleLineCommentTrivia || source.text.slice(end, range.pos).trim() !== '') break
    if (/\n\s*\n/.test(source.text.slice(end, range.pos))) break
    lines.push(...commentLines(source, range))
    end = range.end
  }
  return lines
}

/** A file that speaks a protocol may describe it below a blank line. */
function firstParagraph(lines: readonly string[]): string[] {
  const text = lines.slice(lines.findIndex((line) => line !== ''))
  const end = text.indexOf('')
  return end === -1 ? text : text.slice(0, end)
}

const LEFT_OVER = /\b(TODO|FIXME|XXX|HACK)\b/

export const noLeftOvers: Rule = {
  name: 'no-left-overs',
  mend: 'do it now, or write an issue and remove the note',
  applies: () => true,
  check(source: Source): readonly Violation[] {
    const found: Violation[] = []
    for (const range of commentsOf(source)) {
      const match = LEFT_OVER.exec(source.text.slice(range.pos, range.end))
      if (match !== null) {
        found.push({ line: lineOf(source, range.pos + match.index), message: `"${match[1]}" does not stay on main` })
      }
    }
    return found
  },
}

const CODE_START =
  /^(const|let|var|import|export|return|await|throw|if \(|for \(|while \(|switch \(|function|async|class|this\.|else\b|\}|@\w+\()/
const CODE_CALL = /^[A-Za-z_$][\w$]*(\.[\w$]+)+\(.*\)[;,]?$/
const CODE_ASSIGN = /^[A-Za-z_$][\w$.[\]]*\s*(=|\+=|-=)\s*[^=>].*$/

export const noCommentedOutCode: Rule = {
  name: 'no-commented-out-code',
  mend: 'delete it: git remembers',
  applies: () => true,
  check(source: Source): readonly Violation[] {
    const found: Violation[] = []
    for (const run of lineCommentRuns(source)) {
      const text = run.lines.join('\n').trim()
      if (looksLikeCode(text)) found.push({ line: run.line, message: `commented-out code: ${run.lines[0] ?? ''}` })
    }
    return found
  },
}

/** Runs of `//` comments on following lines; documentation blocks may show code, line comments may not be code. */
function lineCommentRuns(source: Source): { line: number; lines: string[] }[] {
  const runs: { line: number; last: number; lines: string[] }[] = []
  for (const range of commentsOf(source)) {
    if (range.kind !== ts.SyntaxKind.SingleLineCommentTrivia) continue
    const line = lineOf(source, range.pos)
    const text = source.text.slice(range.pos + 2, range.end).trim()
    const open = runs.at(-1)
    if (open !== undefined && open.last === line - 1) {
      open.lines.push(text)
      open.last = line
    } else {
      runs.push({ line, last: line, lines: [text] })
    }
  }
  return runs
}

function looksLikeCode(text: string): boolean {
  const shaped = CODE_START.test(text) || CODE_CALL.test(text) || CODE_ASSIGN.test(text)
  if (!shaped || !/[(){}=;]/.test(text)) return false
  const wrapped = ts.createSourceFile('comment.ts', `async function x() {\n${text}\n}`, ts.ScriptTarget.ESNext, false)
  const whole = ts.createSourceFile('comment.ts', text, ts.ScriptTarget.ESNext, false)
  return parses(wrapped) || parses(whole)
}

function parses(tree: ts.SourceFile): boolean {
  const { parseDiagnostics } = tree as unknown as { readonly parseDiagnostics: readonly ts.Diagnostic[] }
  return parseDiagnostics.length === 0
}
