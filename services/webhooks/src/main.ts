/** Starts `webhooks` alone in this process. Called by the operating system. Must never do anything else. */
import { runMain } from '@tradewire/nest-kit/run-main'
import { webhooksService } from './service.ts'

await runMain(webhooksService)
