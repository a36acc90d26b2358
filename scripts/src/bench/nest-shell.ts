/**
 * P12, P14 and the gateway's bench: an empty service, Nest on Fastify with PostgreSQL, NATS and Redis connected, and nothing else.
 * Process of the bench: what our services' memory and start are compared with.
 */
import 'reflect-metadata'
import { Controller, Get, Module } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify'
import { Redis } from 'ioredis'
import { connect } from 'nats'
import pg from 'pg'

@Controller()
class HealthController {
  @Get('/v1/users/me')
  me(): object {
    return { id: 'a12565e5-567b-432a-93b2-6349653010d9', username: 'operator', roles: ['operator'] }
  }

  @Get('/health/ready')
  ready(): string {
    return 'ok'
  }
}

@Module({ controllers: [HealthController] })
class ShellModule {}

const pool = new pg.Pool({ connectionString: process.env['DATABASE_URL'], max: 10 })
await pool.query('select 1')
const nats = await connect({ servers: process.env['NATS_URL'] ?? '' })
const redis = new Redis(process.env['REDIS_URL'] ?? '')
await redis.ping()
const app = await NestFactory.create<NestFastifyApplication>(ShellModule, new FastifyAdapter(), { logger: false })
await app.listen(Number(process.env['SHELL_HTTP_PORT']), '127.0.0.1')
process.on('SIGTERM', () => {
  void nats.close().finally(() => process.exit(0))
})
