import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { createHome, homeAt } from './home.ts'

it('a file is no home, nor is what would stand below one', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'tradewire-home-'))
  const file = join(folder, 'file')
  await writeFile(file, '')
  const wanted = { name: 'LauncherError', mend: 'name a folder of yours with --home' }
  await expect(createHome(homeAt(file))).rejects.toMatchObject({
    ...wanted,
    message: `${file} cannot be a home: it is a file`,
  })
  await expect(createHome(homeAt(join(file, 'home')))).rejects.toMatchObject(wanted)
  await rm(folder, { recursive: true })
})
