/** Starts the paper venue as a process of its own. Called by node. Must never do anything else. */
import { runMain } from '@tradewire/nest-kit/run-main'
import { paperService } from '#service'

await runMain(paperService)
