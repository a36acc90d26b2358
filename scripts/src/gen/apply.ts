/** Carries out a plan and formats what it wrote. Called by the gen command and its spec. Must never overwrite a file. */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { NameError } from './names.ts'
import type { Plan, Repository } from './plan.ts'

export function repositoryAt(root: string): Repository {
  return {
    read: (path) => (existsSync(join(root, path)) ? readFileSync(join(root, path), 'utf8') : undefined),
    list: (folder) => (existsSync(join(root, folder)) ? readdirSync(join(root, folder)).toSorted() : []),
  }
}

/** The texts that the plan leads to, by path. Throws when a new file exists or an edited one does not. */
export function textsOf(plan: Plan, repository: Repository): ReadonlyMap<string, string> {
  const texts = new Map<string, string>()
  for (const { path, text } of plan.files) {
    if (repository.read(path) !== undefined) throw new NameError(`${path} exists`)
    texts.set(path, text)
  }
  for (const { path, change } of plan.edits) {
    const before = repository.read(path)
    if (before === undefined) throw new NameError(`${path} is missing`)
    const after = change(before)
    if (after === before) throw new NameError(`${path} is not of the form that the generator knows; change it by hand`)
    texts.set(path, after)
  }
  return texts
}

export function apply(plan: Plan, root: string): readonly string[] {
  const texts = textsOf(plan, repositoryAt(root))
  for (const [path, text] of texts) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  const paths = [...texts.keys()]
  execFileSync(process.execPath, [join(root, 'node_modules/oxfmt/bin/oxfmt'), ...paths], { cwd: root })
  return paths
}
