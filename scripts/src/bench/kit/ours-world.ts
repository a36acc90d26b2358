/** Ours alone on servers of its own, without followers yet. Made by the growth and the overload bench. */
import { join } from 'node:path'
import { Followers } from '../parties/followers.ts'
import { Ours } from '../parties/ours.ts'
import { Stub } from '../parties/stub.ts'
import type { OursBench } from './bench.ts'
import { EventCounter } from './event-counter.ts'
import { startServers } from './servers.ts'

export interface OursWorld extends OursBench {
  readonly followers: Followers
  close(): Promise<void>
}

export interface OursWorldOptions {
  readonly directory: string
  /** To the venue. */
  readonly connections: number
  readonly delayMs: number
  readonly progress: (text: string) => void
  /** Passed to Node. */
  readonly execArgv?: readonly string[]
}

export async function openOurs(options: OursWorldOptions): Promise<OursWorld> {
  const { directory, connections, delayMs, progress, execArgv = [] } = options
  progress('starting PostgreSQL, nats-server and ours')
  const servers = await startServers(directory, progress)
  const stub = await Stub.start(join(directory, 'stub.log'), delayMs)
  const databaseUrl = await servers.database('ours')
  const logFile = join(directory, 'ours.log')
  const ours = await Ours.prepare({ databaseUrl, natsUrl: servers.natsUrl, stub, logFile, execArgv })
  await ours.startIntake()
  await ours.startTrading(connections)
  const followers = await Followers.open(ours)
  const events = await EventCounter.open(servers.natsUrl)
  const close = async (): Promise<void> => {
    await events.close()
    await followers.close()
    await ours.stop()
    await stub.stop()
  }
  return { servers, stub, ours, events, progress, followers, close }
}
