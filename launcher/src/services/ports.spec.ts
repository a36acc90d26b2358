import { openPortsFrom } from '@tradewire/backends/free-port'
import { expect, it } from 'vitest'
import { choosePorts } from './ports.ts'

it.runIf(openPortsFrom() > 90)('ports that the system reserves are refused with the reason', async () => {
  const refused = { message: expect.stringContaining('port 90, wanted for postgres, may not be opened') }
  await expect(choosePorts(80, ['postgres'])).rejects.toMatchObject(refused)
})
