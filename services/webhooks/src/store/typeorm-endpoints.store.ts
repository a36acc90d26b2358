/** Endpoints in PostgreSQL. Called through the Endpoints port. Must never be used on a hot path: TypeORM rows. */
import { Injectable } from '@nestjs/common'
import { Database } from '@tradewire/database/database'
import type { Transaction } from '@tradewire/database/transaction'
import type { UserId, WebhookEndpointId } from '@tradewire/kernel/ids'
import { LessThan } from 'typeorm'
import type { Endpoint } from '../domain/endpoint.ts'
import { Endpoints, type EndpointWindow } from '../ports/endpoints.port.ts'
import { EndpointRow } from './endpoint.row.ts'

@Injectable()
export class TypeormEndpoints extends Endpoints {
  constructor(private readonly database: Database) {
    super()
  }

  async insert(tx: Transaction, endpoint: Endpoint): Promise<void> {
    await tx.manager.insert(EndpointRow, fromEndpoint(endpoint))
  }

  async lock(tx: Transaction, id: WebhookEndpointId): Promise<Endpoint | undefined> {
    const row = await tx.manager.findOne(EndpointRow, { where: { id }, lock: { mode: 'pessimistic_write' } })
    return row === null ? undefined : toEndpoint(row)
  }

  async update(tx: Transaction, endpoint: Endpoint): Promise<void> {
    const { id, ...changes } = fromEndpoint(endpoint)
    await tx.manager.update(EndpointRow, { id }, changes)
  }

  async remove(tx: Transaction, id: WebhookEndpointId): Promise<void> {
    await tx.manager.delete(EndpointRow, { id })
  }

  async find(id: WebhookEndpointId, owner: string | undefined): Promise<Endpoint | undefined> {
    const row = await this.database.transactOwn(owner, (tx) => tx.manager.findOneBy(EndpointRow, { id }))
    return row === null ? undefined : toEndpoint(row)
  }

  async list({ userId, afterId, limit }: EndpointWindow): Promise<Endpoint[]> {
    const wanted = {
      where: {
        channel: 'webhook' as const,
        ...(userId !== undefined && { userId }),
        ...(afterId !== undefined && { id: LessThan(afterId) }),
      },
      order: { id: 'DESC' as const },
      take: limit,
    }
    const rows = await this.database.transactOwn(userId, (tx) => tx.manager.find(EndpointRow, wanted))
    return rows.map(toEndpoint)
  }

  async findChat(tx: Transaction, userId: string): Promise<Endpoint | undefined> {
    const row = await tx.manager.findOneBy(EndpointRow, { userId, channel: 'telegram' })
    return row === null ? undefined : toEndpoint(row)
  }

  async replaceChat(tx: Transaction, chat: Endpoint): Promise<void> {
    // Two that link at once come one after the other, so that the second replaces the first.
    await tx.lockNamed(`chat of ${chat.userId}`)
    await tx.manager.delete(EndpointRow, { userId: chat.userId, channel: 'telegram' })
    await this.insert(tx, chat)
  }

  count(tx: Transaction, userId: string): Promise<number> {
    return tx.manager.countBy(EndpointRow, { userId, channel: 'webhook' })
  }
}

function toEndpoint(row: EndpointRow): Endpoint {
  return Object.assign({}, row, { id: row.id as WebhookEndpointId, userId: row.userId as UserId })
}

function fromEndpoint(endpoint: Endpoint): EndpointRow {
  return { ...endpoint, events: [...endpoint.events] }
}
