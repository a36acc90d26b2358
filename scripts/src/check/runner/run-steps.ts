/** Runs the steps side by side, each as a process of its own. Called by `pnpm check`. Must never stop at the first failure. */
import { spawn } from 'node:child_process'
import { availableParallelism } from 'node:os'
import type { Step, StepOutput, StepReport } from './step.ts'

/** Each step takes about one core; more than this only makes all of them slower. */
const stepsAtOnceMax = Math.max(2, Math.min(4, availableParallelism()))

export async function runSteps(
  root: string,
  steps: readonly Step[],
  onReport: (report: StepReport) => void,
): Promise<StepReport[]> {
  const reports = new Map<string, StepReport>()
  const waiting = [...steps]
  const running = new Set<Promise<void>>()
  const named = new Set(steps.map((step) => step.name))
  const start = async (step: Step) => {
    const before = step.after === undefined ? undefined : reports.get(step.after)
    const blocked = step.needsIt === true && before?.verdict === 'failed'
    const report = blocked ? skipped(step) : await runStep(root, step)
    reports.set(step.name, report)
    onReport(report)
  }
  const isReady = ({ after }: Step) => after === undefined || reports.has(after) || !named.has(after)
  while (waiting.length > 0 || running.size > 0) {
    const next = waiting.findIndex(isReady)
    if (next === -1 || running.size >= stepsAtOnceMax) {
      await Promise.race(running)
      continue
    }
    for (const step of waiting.splice(next, 1)) {
      const work = start(step).finally(() => running.delete(work))
      running.add(work)
    }
  }
  return steps.flatMap((step) => reports.get(step.name) ?? [])
}

function skipped(step: Step): StepReport {
  return { name: step.name, verdict: 'skipped', tookMs: 0, seen: `needs ${step.after ?? ''}`, findings: [] }
}

async function runStep(root: string, step: Step): Promise<StepReport> {
  const startedMs = performance.now()
  const { seen, findings } = step.parse(await runNode(root, step.command))
  const tookMs = Math.round(performance.now() - startedMs)
  return { name: step.name, verdict: findings.length === 0 ? 'ok' : 'failed', tookMs, seen, findings }
}

function runNode(root: string, command: readonly string[]): Promise<StepOutput> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, command, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
    const stdout: Buffer[] = []
    const stderr: Buffer[] = []
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk))
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk))
    child.on('error', reject)
    child.on('close', (code) => {
      const text = (chunks: readonly Buffer[]) => Buffer.concat(chunks).toString('utf8')
      resolve({ stdout: text(stdout), stderr: text(stderr), exitCode: code ?? 1 })
    })
  })
}
