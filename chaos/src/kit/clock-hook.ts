/**
 * Loaded into the processes of a system before their own code: lets the clock of chosen services jump. The file named
 * by CHAOS_CLOCK_FILE says by how many milliseconds, per service. Must never touch the monotonic clock: no machine's jumps.
 */
import { readFileSync } from 'node:fs'
import { environment } from '@tradewire/config/environment'

const lookEveryMs = 100
const service = process.argv[process.argv.indexOf('--services') + 1] ?? ''
const file = environment()['CHAOS_CLOCK_FILE']
let offsetMs = 0

function look(): void {
  try {
    const offsets = JSON.parse(readFileSync(file ?? '', 'utf8')) as Record<string, number>
    offsetMs = offsets[service] ?? 0
  } catch {
    // Half written: the next look reads all of it.
  }
}

if (file !== undefined && process.argv.includes('--services')) {
  const RealDate = Date
  globalThis.Date = new Proxy(RealDate, {
    construct: (target, args: unknown[], self) =>
      Reflect.construct(target, args.length === 0 ? [RealDate.now() + offsetMs] : args, self) as object,
    get: (target, name) => (name === 'now' ? () => RealDate.now() + offsetMs : (Reflect.get(target, name) as unknown)),
  })
  look()
  setInterval(look, lookEveryMs).unref()
}
