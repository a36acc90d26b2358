/** `doctor`: says what is missing and the command that mends it. Must never change anything. */
import { Command } from 'commander'
import pc from 'picocolors'
import { type Finding, runChecks } from '../doctor/checks.ts'
import { gatewayPortDefault } from '../services/ports.ts'
import { exitCodes } from '../terminal/launcher-error.ts'
import { printJson, printLine } from '../terminal/output.ts'
import { type HomeOption, homeOption, jsonOption, portNumber, withExample } from './options.ts'

const nameWidth = 12

interface DoctorOptions extends HomeOption {
  readonly port: number
  readonly json: boolean
}

export function doctorCommand(): Command {
  const command = new Command('doctor')
    .description('check this machine and the home; say how to mend what is missing')
    .addOption(homeOption())
    .option('--port <number>', 'port of the gateway to check for', portNumber, gatewayPortDefault)
    .addOption(jsonOption())
    .addHelpText('after', '\nExit code: 0 nothing is missing, 1 something is.')
    .action(diagnose)
  return withExample(command, './tradewire doctor', './tradewire doctor --json')
}

async function diagnose({ home, port, json }: DoctorOptions): Promise<void> {
  const findings = await runChecks({ home, port })
  const healthy = findings.every(({ state }) => state !== 'missing')
  if (!healthy) process.exitCode = exitCodes.failed
  if (json) printJson({ healthy, findings })
  else for (const finding of findings) printFinding(finding)
}

const marks = { ok: pc.green('✓'), note: pc.yellow('i'), missing: pc.red('✗') } as const

function printFinding({ name, state, detail, mend }: Finding): void {
  printLine(`${marks[state]} ${name.padEnd(nameWidth)} ${detail}`)
  if (mend !== undefined) printLine(`  ${' '.repeat(nameWidth)} mend it with: ${mend}`)
}
