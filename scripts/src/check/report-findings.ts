/** How every check command ends: one JSON object with --json, else readable lines. Returns the exit code. */
import { byPlace, printFinding, type Finding } from './finding.ts'

/** `seen` says what was looked at, such as "120 files". */
export function reportFindings(findings: readonly Finding[], seen: string): 0 | 1 {
  const sorted = findings.toSorted(byPlace)
  if (process.argv.includes('--json')) console.log(JSON.stringify({ seen, findings: sorted }))
  else console.log([...sorted.map(printFinding), `${seen}, ${sorted.length} findings`].join('\n'))
  return sorted.length === 0 ? 0 : 1
}
