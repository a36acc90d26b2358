/** What a check has to say about one place in the tree. Made by every check, printed by the runner. */
export interface Finding {
  /** From the root of the repository. */
  readonly path: string
  /** From 1; 0 when the file as a whole is meant. */
  readonly line: number
  readonly rule: string
  readonly message: string
  /** What to do about it, in one sentence. */
  readonly mend: string
}

/** `path:line  rule  message`, then how to mend it. */
export function printFinding(finding: Finding): string {
  const place = finding.line > 0 ? `${finding.path}:${finding.line}` : finding.path
  return `${place}  ${finding.rule}\n    ${finding.message}\n    mend: ${finding.mend}`
}

export function byPlace(left: Finding, right: Finding): number {
  if (left.path !== right.path) return left.path < right.path ? -1 : 1
  return left.line - right.line || (left.rule < right.rule ? -1 : 1)
}
