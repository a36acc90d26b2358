/** The xAPI venue put together from the settings. Called by the service's start. Must never open TCP ports unasked. */
import type { INestApplicationContext } from '@nestjs/common'
import { Randomness } from '@tradewire/kernel/randomness'
import type { PaperConfig } from '#config'
import type { FaultBoard } from '#domain/protocol/faults'
import type { RunningVenue } from '#ports/running-venue.port'
import type { UserStreams } from '../streams/user-streams.wire.ts'
import type { Websockets } from '../streams/websockets.wire.ts'
import type { XapiRules } from './rules.wire.ts'
import { XapiSessions } from './sessions.wire.ts'
import { Transactions } from './transactions.wire.ts'
import { XapiServer } from './xapi-server.controller.ts'

interface XapiSurroundings {
  readonly venue: RunningVenue
  readonly faults: FaultBoard
  readonly streams: UserStreams
  readonly sockets: Websockets
  readonly config: PaperConfig
}

const connectionsMaxOf = { real: 50, generous: 20_000 } as const

function rulesOf(config: PaperConfig): XapiRules {
  return {
    commandBytesMax: config.xapiCommandBytesMax,
    pacingMs: config.xapiPacingMs,
    pacingStrikesMax: config.xapiPacingStrikesMax,
    connectionsPerAddressMax: config.xapiConnectionsMax ?? connectionsMaxOf[config.limits],
    firstDataMs: config.xapiFirstDataMs,
    sessionIdleMs: config.xapiSessionIdleMs,
    keepAliveMs: config.xapiKeepAliveMs,
    executionMs: config.xapiExecutionMs,
  }
}

export async function serveXapi(app: INestApplicationContext, around: XapiSurroundings): Promise<XapiServer> {
  const { venue, faults, streams, sockets, config } = around
  const rules = rulesOf(config)
  const sessions = new XapiSessions(venue, app.get(Randomness))
  const transactions = new Transactions(venue, rules.executionMs)
  const server = new XapiServer({ venue, faults, streams, sessions, transactions, rules })
  server.serveWebsockets(sockets)
  const { httpHost: host, xapiMainPort: mainPort, xapiStreamPort: streamPort } = config
  if (mainPort !== undefined && streamPort !== undefined) {
    const { xapiTlsCertificate: certificate, xapiTlsKey: key } = config
    const tls = certificate === undefined || key === undefined ? null : { certificate, key }
    await server.listen({ host, mainPort, streamPort, tls })
  }
  return server
}
