/**
 * identity in a spec: its keys in the spec's folder, and passwords hashed as cheaply as can be.
 * Called by specs here and by those of the whole API. Must never be imported by the service.
 */
import { join } from 'node:path'
import { startTestService, type TestService } from '@tradewire/testkit/start-test-service'
import type { TestBackends } from '@tradewire/testkit/test-backends'
import { identityService } from '#service'

export function startIdentity(
  backends: TestBackends,
  settings: Readonly<Record<string, string>> = {},
): Promise<TestService> {
  return startTestService(identityService, backends, {
    settings: {
      IDENTITY_SIGNING_KEY_FILE: join(backends.directory, 'keys', 'signing.json'),
      IDENTITY_MASTER_KEY: `v1:${Buffer.alloc(32, 7).toString('base64')}`,
      IDENTITY_HASH_MEMORY_KIB: '1024',
      IDENTITY_HASH_PASSES: '1',
      IDENTITY_HASH_LANES: '1',
      ...settings,
    },
  })
}
