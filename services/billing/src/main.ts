/** Starts `billing` alone in this process. Called by the operating system. Must never do anything else. */
import { runMain } from '@tradewire/nest-kit/run-main'
import { billingService } from './service.ts'

await runMain(billingService)
