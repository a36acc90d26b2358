import { environment } from '@tradewire/config/environment'
import fc from 'fast-check'
import { expect, it } from 'vitest'

it('has seeded the properties of this file, unless the run looks for what nobody has drawn yet', () => {
  const wanted = environment()['PROPERTY_SEED'] ?? '1'
  expect(fc.readConfigureGlobal().seed).toBe(wanted === 'random' ? undefined : Number(wanted))
})
