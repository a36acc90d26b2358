/**
 * One TypeScript file as the tidy rules see it.
 * Called by the tidy runner and its spec. Must never hold type information: tidy reads form, the compiler reads types.
 */
import ts from 'typescript'

export interface Source {
  /** From the root, with forward slashes. */
  readonly path: string
  readonly text: string
  readonly tree: ts.SourceFile
  /** libs, services, launcher, scripts, e2e; or the file's own name at the root. */
  readonly area: string
  /** Second path segment: the lib's or the service's name. */
  readonly owner: string
  readonly isTest: boolean
}

/** Tests, and what only tests use: it stands in a folder `testing/` (or `int-spec/`) or is called fixtures. */
const TEST_FILE = /\.(spec|int-spec|e2e-spec)\.ts$|\/(testing|int-spec)\/|\/fixtures\.ts$/

export function sourceOf(path: string, text: string): Source {
  const [area = '', owner = ''] = path.split('/')
  return {
    path,
    text,
    tree: ts.createSourceFile(path, text, ts.ScriptTarget.ESNext, true, ts.ScriptKind.TS),
    area,
    owner,
    isTest: TEST_FILE.test(path) || area === 'e2e' || path.startsWith('libs/testkit/'),
  }
}

/** Shipped code: what runs at a user's, not tests and not the development tools. */
export function isShipped(source: Source): boolean {
  return !source.isTest && ['libs', 'services', 'launcher'].includes(source.area)
}

export function lineOf(source: Source, position: number): number {
  return source.tree.getLineAndCharacterOfPosition(position).line + 1
}

export function lineOfNode(source: Source, node: ts.Node): number {
  return lineOf(source, node.getStart(source.tree))
}

export function walk(node: ts.Node, visit: (node: ts.Node) => void): void {
  visit(node)
  ts.forEachChild(node, (child) => walk(child, visit))
}

const knownComments = new WeakMap<Source, readonly ts.CommentRange[]>()

/** Every comment of the file once, in order. */
export function commentsOf(source: Source): readonly ts.CommentRange[] {
  const known = knownComments.get(source)
  if (known !== undefined) return known
  const comments = findComments(source)
  knownComments.set(source, comments)
  return comments
}

/** Looks around every token: a comment belongs to the one before it or to the one after it. */
function findComments(source: Source): readonly ts.CommentRange[] {
  if (!source.text.includes('//') && !source.text.includes('/*')) return []
  const found = new Map<number, ts.CommentRange>()
  const collect = (ranges: readonly ts.CommentRange[] | undefined) => {
    for (const range of ranges ?? []) found.set(range.pos, range)
  }
  const visit = (node: ts.Node): void => {
    const children = node.getChildren(source.tree)
    if (children.length === 0) {
      collect(ts.getLeadingCommentRanges(source.text, node.getFullStart()))
      collect(ts.getTrailingCommentRanges(source.text, node.getEnd()))
    }
    for (const child of children) visit(child)
  }
  visit(source.tree)
  return [...found.values()].toSorted((left, right) => left.pos - right.pos)
}

/** A comment's words without its slashes and stars, line by line. */
export function commentLines(source: Source, range: ts.CommentRange): string[] {
  const raw = source.text.slice(range.pos, range.end)
  const inner = raw.startsWith('//') ? raw.slice(2) : raw.replace(/^\/\*+/, '').replace(/\*+\/$/, '')
  return inner.split('\n').map((line) => line.replace(/^\s*\*? ?/, '').trim())
}

/** `getConsumerInfo` and `ACK_WAIT_MS` alike as lower-case words. */
export function wordsOf(name: string): string[] {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1 $2')
    .split(/[\s_\-$]+/)
    .filter((word) => word !== '')
    .map((word) => word.toLowerCase())
}
