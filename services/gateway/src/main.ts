/** Starts the gateway as a process of its own. Called by node. Must never do anything else. */
import { runMain } from '@tradewire/nest-kit/run-main'
import { gatewayService } from '#service'

await runMain(gatewayService)
