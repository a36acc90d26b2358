import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { environment } from '@tradewire/config/environment'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { repositoryRoot } from './repository.ts'

const root = repositoryRoot()
const setUpMs = 60_000

/** One file each: the rule that we lean on most, and code that it must refuse. */
const REFUSED: readonly { readonly rule: string; readonly file: string; readonly text: string }[] = [
  {
    rule: 'typescript(no-floating-promises)',
    file: 'floating.ts',
    text: 'declare function send(): Promise<void>\nexport function fire(): void {\n  send()\n}\n',
  },
  {
    rule: 'typescript(no-misused-promises)',
    file: 'misused.ts',
    text: 'declare function isOpen(): Promise<boolean>\nexport const word = () => {\n  if (isOpen()) return 1\n  return 2\n}\n',
  },
  {
    rule: 'typescript(switch-exhaustiveness-check)',
    file: 'switch.ts',
    text: "export function f(kind: 'retry' | 'stop'): void {\n  switch (kind) {\n    case 'retry':\n      return\n  }\n}\n",
  },
  { rule: 'typescript(no-explicit-any)', file: 'any.ts', text: 'export const value = (input: any) => input\n' },
  { rule: 'typescript(only-throw-error)', file: 'throw.ts', text: "export function f(): never {\n  throw 'no'\n}\n" },
  { rule: 'eslint(eqeqeq)', file: 'equal.ts', text: 'export const same = (a: number, b: number) => a == b\n' },
]

/** A class that Nest injects is imported as a value, and a use case takes its ports as parameter properties. */
const ALLOWED = `import { Clock } from './clock.ts'

function Injectable(): ClassDecorator {
  return () => undefined
}

@Injectable()
export class PlanOrders {
  constructor(private readonly clock: Clock) {}

  execute(): Date {
    return this.clock.now()
  }
}
`

describe('the lint rules', () => {
  let folder = ''
  let diagnostics: readonly { readonly filename: string; readonly code: string }[] = []

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'tradewire-lint-'))
    for (const name of ['.oxlintrc.json', 'tsconfig.base.json']) cpSync(join(root, name), join(folder, name))
    writeFileSync(
      join(folder, 'tsconfig.json'),
      '{ "extends": "./tsconfig.base.json", "compilerOptions": { "types": [] }, "include": ["*.ts"] }',
    )
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
    writeFileSync(join(folder, 'clock.ts'), 'export abstract class Clock {\n  abstract now(): Date\n}\n')
    writeFileSync(join(folder, 'allowed.ts'), ALLOWED)
    for (const { file, text } of REFUSED) writeFileSync(join(folder, file), text)
    const command = [join(root, 'node_modules/oxlint/bin/oxlint'), '--type-aware', '--format=json', '.']
    // oxlint finds its type-aware half on the PATH, which nobody promises to hold our tools.
    const inherited = environment()
    const env = { ...inherited, PATH: `${join(root, 'node_modules/.bin')}:${inherited['PATH'] ?? ''}` }
    const { stdout } = spawnSync(process.execPath, command, { cwd: folder, encoding: 'utf8', env })
    diagnostics = (JSON.parse(stdout) as { diagnostics: typeof diagnostics }).diagnostics
  }, setUpMs)
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  const codesOf = (file: string) => diagnostics.filter(({ filename }) => filename === file).map(({ code }) => code)

  it.each(REFUSED)('$rule refuses $file', ({ rule, file }) => {
    expect(codesOf(file)).toContain(rule)
  })

  it('leave injection by value imports and parameter properties alone', () => {
    expect(codesOf('allowed.ts')).toEqual([])
  })
})
