/** One step of `pnpm check`: a child process and how its words become findings. Run by run-steps. */
import type { Finding } from '../finding.ts'

export interface Step {
  readonly name: string
  /** What it proves, for the help page. */
  readonly about: string
  /** Arguments for this Node.js, from the root of the repository. */
  readonly command: readonly string[]
  /** Starts when this one has ended, whatever came of it. */
  readonly after?: string
  /** Skipped if the step named in `after` failed. */
  readonly needsIt?: boolean
  readonly parse: (output: StepOutput) => Parsed
}

export interface StepOutput {
  readonly stdout: string
  readonly stderr: string
  readonly exitCode: number
}

export interface Parsed {
  /** What was looked at, such as "120 files"; may be empty. */
  readonly seen: string
  readonly findings: readonly Finding[]
}

export interface StepReport {
  readonly name: string
  readonly verdict: 'ok' | 'failed' | 'skipped'
  readonly tookMs: number
  readonly seen: string
  readonly findings: readonly Finding[]
}
