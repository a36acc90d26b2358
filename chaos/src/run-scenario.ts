/**
 * Runs one scenario: a system of its own, the load with faults, then the checker. Called by the chaos command and by
 * e2e specs. Must never leave a process, a mount or a folder behind.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { eventually } from '@tradewire/testkit/eventually'
import { type Violation, type VenueBook, doubledOrders, openAttempts, violationsOf } from './checker.ts'
import { playDemo } from './kit/load.ts'
import { readDump, readLedger } from './kit/read-history.ts'
import { RealSystem } from './kit/real-system.ts'
import { mountSmallDisk } from './kit/small-disk.ts'
import type { Scenario } from './scenario.ts'
import { Stage } from './stage.ts'

const followersDefault = 24
/** No scenario takes longer unless it says so, whatever waits for ever. */
const playLimitDefaultMs = 120_000
/** Invariant I5: all has converged by then. */
const heardWithinMs = 60_000
const clockHook = resolve(import.meta.dirname, '../dist/kit/clock-hook.js')

export interface Outcome {
  readonly name: string
  readonly row: string
  readonly seed: number
  readonly violations: readonly Violation[]
  readonly ms: number
  /** Why it could not be run on this machine. */
  readonly skipped?: string
  /** Where the logs are, when something was violated. */
  readonly logs?: string
}

export async function runScenario(scenario: Scenario, seed: number, say: (text: string) => void): Promise<Outcome> {
  const startedMs = performance.now()
  const about = { name: scenario.name, row: scenario.rows.join(', '), seed }
  const took = () => Math.round(performance.now() - startedMs)
  await using folders = new AsyncDisposableStack()
  const disk = scenario.diskMegabytes === undefined ? undefined : await mountSmallDisk(scenario.diskMegabytes)
  if (disk !== undefined && 'refused' in disk) return { ...about, violations: [], ms: took(), skipped: disk.refused }
  if (disk !== undefined) folders.defer(() => disk.remove())
  const clockFile = scenario.clocks === true ? await clockFileIn(folders) : undefined
  const system = new RealSystem({
    settings: { ...scenario.settings, ...clockSettings(clockFile) },
    ...(scenario.links === undefined ? {} : { links: scenario.links }),
    ...(disk === undefined ? {} : { databaseFolder: disk.folder }),
  })
  const violations: Violation[] = []
  try {
    say('starting a system of its own')
    await system.start()
    const { followers = followersDefault } = scenario
    const stage = new Stage({ system, seed, followers, say, disk, clockFile })
    violations.push(...(await play(scenario, stage, say)))
    if (violations.length > 0) system.keepLogs()
  } catch (error) {
    system.keepLogs()
    violations.push({ invariant: 'scenario', text: error instanceof Error ? error.message : String(error) })
  } finally {
    await system.stop()
  }
  return { ...about, violations, ms: took(), ...(violations.length === 0 ? {} : { logs: system.home.logs }) }
}

async function play(scenario: Scenario, stage: Stage, say: (text: string) => void): Promise<Violation[]> {
  const atRest: VenueBook[] = []
  const hooks = await scenario.play(stage)
  const { system, seed, followers } = stage
  try {
    const load = playDemo(
      system,
      { followers, signals: scenario.signals, seed },
      {
        ...hooks,
        progress: say,
        async onSignal(place, signalId) {
          stage.taken.push(signalId)
          await hooks.onSignal?.(place, signalId)
        },
        async onProtected(place) {
          atRest.push(await readLedger(system))
          await hooks.onHeld?.(place)
        },
      },
    )
    const result = await withinLimit(load, scenario.limitMs ?? playLimitDefaultMs)
    await stage.untilBesideEnds()
    await untilHeard(system)
    await hooks.atTheEnd?.()
    stage.expect(result.positions > 0, 'no position was ever held: the run shows nothing')
    stage.expect(result.webhooks.refused === 0, `${result.webhooks.refused} webhooks had a wrong signature`)
    for (const finding of result.findings) stage.expect(false, finding)
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error)
    const history = { dump: await readDump(system), venueOrders: (await readLedger(system)).orders }
    return [{ invariant: 'I5', text }, ...doubledOrders(history), ...brokenOf(stage)]
  }
  const history = {
    takenSignalIds: stage.taken,
    dump: await readDump(system),
    venueOrders: (await readLedger(system)).orders,
    atRest,
  }
  return [...violationsOf(history), ...brokenOf(stage)]
}

/** What has just ended at the venue is news to us for a moment. What is not heard by then the checker tells. */
async function untilHeard(system: RealSystem): Promise<void> {
  const isHeard = async () => openAttempts({ dump: await readDump(system) }).length === 0
  await eventually(isHeard, { withinMs: heardWithinMs, everyMs: 200 }).catch(() => undefined)
}

/** The load of a run that was given up ends by itself once its system is gone. */
async function withinLimit<Value>(load: Promise<Value>, limitMs: number): Promise<Value> {
  load.catch(() => undefined)
  using limits = new DisposableStack()
  const late = new Promise<never>((_resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`not settled within ${limitMs / 1_000} s`)), limitMs)
    limits.defer(() => clearTimeout(timer))
  })
  return await Promise.race([load, late])
}

function brokenOf({ broken }: Stage): Violation[] {
  return broken.map((text) => ({ invariant: 'scenario', text }))
}

async function clockFileIn(folders: AsyncDisposableStack): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tradewire-clock-'))
  folders.defer(() => rm(folder, { recursive: true, force: true }))
  const file = join(folder, 'offsets.json')
  await writeFile(file, '{}')
  return file
}

function clockSettings(file: string | undefined): Record<string, string> {
  if (file === undefined) return {}
  return { NODE_OPTIONS: `--import=${pathToFileURL(clockHook).href}`, CHAOS_CLOCK_FILE: file }
}
