/** Starts `brokers` alone in this process. Called by the operating system. Must never do anything else. */
import { runMain } from '@tradewire/nest-kit/run-main'
import { brokersService } from './service.ts'

await runMain(brokersService)
