/** Starts identity as a process of its own. Called by node. Must never do anything else. */
import { runMain } from '@tradewire/nest-kit/run-main'
import { identityService } from '#service'

await runMain(identityService)
