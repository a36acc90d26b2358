import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { repositoryFiles, repositoryRoot } from '../check/repository.ts'
import { plant } from './planted-mistake.ts'
import { plantedMistakes } from './planted-mistakes.ts'

const root = repositoryRoot()
const files = repositoryFiles(root)

describe('a planted mistake', () => {
  it.each(plantedMistakes.map((mistake) => [mistake.name, mistake] as const))(
    'fits its source: %s',
    (_name, mistake) => {
      const source = readFileSync(join(root, mistake.file), 'utf8')
      expect(plant(source, mistake)).not.toBe(source)
      expect(files.some((file) => file.startsWith(mistake.spec) && existsSync(join(root, file)))).toBe(true)
    },
  )

  it('says so when the source has moved on, and when there are two places', () => {
    const [mistake] = plantedMistakes
    if (mistake === undefined) throw new Error('there is no mistake to plant')
    expect(() => plant('', mistake)).toThrow(/stands 0 times/)
    expect(() => plant(mistake.find.repeat(2), mistake)).toThrow(/stands 2 times/)
  })
})
