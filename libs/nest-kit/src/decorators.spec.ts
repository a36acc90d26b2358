import 'reflect-metadata'
import { Controller, Get, Injectable, Module } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify'
import { partitionOf } from '@tradewire/kernel/partition'
import { describe, expect, it } from 'vitest'

@Injectable()
class Greeter {
  greet(): string {
    return `partition ${partitionOf('a')}`
  }
}

@Controller()
class GreetingController {
  private readonly greeter: Greeter

  constructor(greeter: Greeter) {
    this.greeter = greeter
  }

  @Get('/greeting')
  greeting(): { text: string } {
    return { text: this.greeter.greet() }
  }
}

@Module({ providers: [Greeter], controllers: [GreetingController] })
class GreetingModule {}

describe('decorator metadata under vitest', () => {
  it('injects a class by its type alone', async () => {
    const app = await NestFactory.create<NestFastifyApplication>(GreetingModule, new FastifyAdapter(), {
      logger: false,
    })
    await app.init()
    const reply = await app.inject({ method: 'GET', url: '/greeting' })
    expect(reply.json()).toEqual({ text: `partition ${partitionOf('a')}` })
    await app.close()
  })
})
