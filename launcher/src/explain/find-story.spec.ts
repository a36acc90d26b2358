import { describe, expect, it } from 'vitest'
import { GatewayError } from '../gateway/gateway-client.ts'
import { exitCodes } from '../terminal/launcher-error.ts'
import { findStory, newestOf } from './find-story.ts'

const id = '01963a5e-0000-7000-8000-000000000002'
const strategyId = '01963a5e-0000-7000-8000-00000000000a'
const receivedAt = '2022-01-10T12:00:00.000Z'

/** Answers what is listed by the beginning of its path, and like the API where nothing is. */
function gatewayWith(replies: Readonly<Record<string, unknown>>) {
  return {
    get: async <Reply>(path: string): Promise<Reply> => {
      const known = Object.keys(replies).find((start) => path.startsWith(start))
      if (known !== undefined) return replies[known] as Reply
      if (path.includes('?')) return { items: [], nextToken: null } as Reply
      throw new GatewayError(404, 'BRACKET_NOT_FOUND', 'There is no such bracket, or it is not yours.')
    },
  }
}

describe('what there is to tell of an id', () => {
  it('is the story of an order', async () => {
    const story = { timeline: [] }
    expect(await findStory(gatewayWith({ [`/v1/orders/${id}/explain`]: story }), id)).toEqual({ kind: 'order', story })
  })

  it('is the orders of a signal', async () => {
    const gateway = gatewayWith({ '/v1/orders?': { items: [{ id: 'one' }], nextToken: null } })
    expect(await findStory(gateway, id)).toEqual({ kind: 'orders', signalId: id, orders: [{ id: 'one' }], more: false })
  })

  it('is why a signal was refused for everyone', async () => {
    const gateway = gatewayWith({ '/v1/refused-signals': { items: [{ id }] } })
    expect(await findStory(gateway, id)).toEqual({ kind: 'refused', refused: { id } })
  })

  it('is that nobody followed when the signal came', async () => {
    const signal = { id, strategyId, receivedAt }
    const late = { createdAt: '2022-01-10T12:00:01.000Z' }
    const gateway = gatewayWith({ [`/v1/signals/${id}`]: signal, '/v1/follows': { items: [late] } })
    expect(await findStory(gateway, id)).toEqual({ kind: 'no-orders', signal, followed: false })
  })

  it('is that there are followers and no orders yet', async () => {
    const signal = { id, strategyId, receivedAt }
    const gateway = gatewayWith({
      [`/v1/signals/${id}`]: signal,
      '/v1/follows': { items: [{ createdAt: receivedAt }] },
    })
    expect(await findStory(gateway, id)).toEqual({ kind: 'no-orders', signal, followed: true })
  })

  it('is nothing for an id of nothing, and a wrong use for what is no id', async () => {
    await expect(findStory(gatewayWith({}), id)).rejects.toThrow(`there is no order and no signal with the id ${id}`)
    const wrong = { message: '"abc" is no id', exitCode: exitCodes.usage }
    await expect(findStory(gatewayWith({}), 'abc')).rejects.toMatchObject(wrong)
  })
})

describe('the newest', () => {
  const signals = { '/v1/signals?': { items: [{ id }] } }

  it('signal is told of where it has no orders', async () => {
    const orders = { '/v1/orders?limit=1&signalId': { items: [] }, '/v1/orders?limit=1': { items: [{ id: 'older' }] } }
    expect(await newestOf(gatewayWith({ ...signals, ...orders }))).toEqual({ orderId: 'older', untradedSignalId: id })
  })

  it('order is told of alone where it came of the newest signal', async () => {
    const orders = { '/v1/orders?': { items: [{ id: 'newest' }] } }
    expect(await newestOf(gatewayWith({ ...signals, ...orders }))).toEqual({
      orderId: 'newest',
      untradedSignalId: undefined,
    })
  })
})
