/**
 * A service's connection to the bus and what runs on it: relay, consumers, answers, questions.
 * Loaded by startService only for services that use the bus. Must never publish anything itself.
 */
import type { Provider } from '@nestjs/common'
import { Bus } from '@tradewire/bus/connection'
import { ConsumerRunner } from '@tradewire/bus/consumer-runner'
import { JetStreamServer } from '@tradewire/bus/jetstream-server'
import { OutboxRelay } from '@tradewire/bus/relay'
import { RpcClient } from '@tradewire/bus/rpc-client'
import { ensureStreams } from '@tradewire/bus/streams'
import type { Database } from '@tradewire/database/database'
import type { Logger } from '@tradewire/observability/logger'

