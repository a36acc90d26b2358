/**
 * The entry of `./tradewire`: reads the arguments, runs one command, turns failures into one line and an exit code.
 * Called by the script of that name, which has made sure of Node 24. Must never hold a command's behaviour.
 */
import { Command, CommanderError, Help, type Option } from 'commander'
import pc from 'picocolors'
import { deadLettersCommand } from './commands/dead-letters.command.ts'
import { demoCommand } from './commands/demo.command.ts'
import { drillCommand } from './commands/drill.command.ts'
import { auditCommand } from './commands/audit.command.ts'
import { explainCommand } from './commands/explain.command.ts'
import { doctorCommand } from './commands/doctor.command.ts'
import { downCommand } from './commands/down.command.ts'
import { handedOver } from './commands/handed-over.command.ts'
import { keysCommand } from './commands/keys.command.ts'
import { logsCommand } from './commands/logs.command.ts'
import { migrateCommand } from './commands/migrate.command.ts'
import { operatorCommand } from './commands/operator.command.ts'
import { paperCommand } from './commands/paper/paper.command.ts'
import { runCommand } from './commands/run.command.ts'
import { statusCommand } from './commands/status.command.ts'
import { testCommand } from './commands/test.command.ts'
import { upCommand } from './commands/up.command.ts'
import { LauncherError, exitCodes, messageOf } from './terminal/launcher-error.ts'

function program(): Command {
  const groups: Readonly<Record<string, readonly Command[]>> = {
    'An installation:': [upCommand(), downCommand(), statusCommand(), logsCommand(), doctorCommand()],
    'To see it work:': [demoCommand(), paperCommand(), explainCommand(), auditCommand()],
    'To try it hard:': [
      drillCommand(),
      handedOver('sim'),
      handedOver('chaos'),
      handedOver('conformance'),
      handedOver('fuzz'),
      handedOver('bench'),
    ],
    'For containers and operators:': [
      migrateCommand(),
      operatorCommand(),
      runCommand(),
      keysCommand(),
      deadLettersCommand(),
    ],
    'For those who work on it:': [testCommand(), handedOver('check'), handedOver('gen')],
  }
  const root = new Command('tradewire')
    .description('One trading signal becomes a protected position on every follower account, exactly once.')
    .usage('<command> [options]')
    .showHelpAfterError('(--help shows what is possible)')
  for (const [title, commands] of Object.entries(groups)) {
    for (const command of commands) root.addCommand(command.helpGroup(title))
  }
  settle(root)
  return root
}

/** What holds for every command and its parts: usage errors end here, with one exit code, and help looks the same. */
function settle(command: Command): void {
  command.exitOverride().helpCommand(false).configureHelp({ optionDescription })
  for (const part of command.commands) settle(part)
}

/** That a switch is off unless it is given needs no words. */
function optionDescription(this: Help, option: Option): string {
  return option.defaultValue === false ? option.description : Help.prototype.optionDescription.call(this, option)
}

/** Commands that must end in order even when nobody reads what they say any more. */
const orderlyCommands = new Set(['up', 'run', 'demo', 'drill', 'bench', 'chaos', 'conformance'])

/** A closed terminal or pipe must not end a process that has servers to stop; others have nothing left to say. */
function surviveClosedOutput(): void {
  process.stderr.on('error', () => undefined)
  process.stdout.on('error', () => {
    if (!orderlyCommands.has(process.argv[2] ?? '')) process.exit()
  })
}

async function main(): Promise<void> {
  surviveClosedOutput()
  try {
    await program().parseAsync(process.argv)
  } catch (error) {
    process.exitCode = report(error)
  }
  // Keep-alive sockets of HTTP clients would hold the process for seconds more.
  process.exit()
}

/** Prints what went wrong and answers the exit code. Commander has printed its own errors already. */
function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : exitCodes.usage
  const known = error instanceof LauncherError
  process.stderr.write(`${pc.red('tradewire:')} ${messageOf(error)}\n`)
  if (known && error.mend !== undefined) process.stderr.write(`  -> ${error.mend}\n`)
  if (!known && error instanceof Error && error.stack !== undefined) process.stderr.write(`${pc.dim(error.stack)}\n`)
  return known ? error.exitCode : exitCodes.failed
}

await main()
