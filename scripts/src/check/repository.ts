/** Where the repository is and which files belong to it. Called by every check. Must never look into ignored files. */
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const listingBytesMax = 64 * 1024 * 1024

/** The folder that holds pnpm-workspace.yaml, found upwards from this file. */
export function repositoryRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url))
  while (!existsSync(join(folder, 'pnpm-workspace.yaml'))) {
    const parent = dirname(folder)
    if (parent === folder) throw new Error('no pnpm-workspace.yaml above this file: run the built scripts in place')
    folder = parent
  }
  return folder
}

/** Tracked files and new ones that git does not ignore; sorted, from the root, with forward slashes. */
export function repositoryFiles(root: string): string[] {
  const listed = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '-z'], {
    cwd: root,
    maxBuffer: listingBytesMax,
  })
  const paths = listed.toString('utf8').split('\0')
  return [...new Set(paths)].filter((path) => path !== '' && existsSync(join(root, path))).toSorted()
}
