import { describe, expect, test } from 'vitest'
import { PublishQueue } from './publish-queue.ts'

const message = (id: string, subject: string) => ({ id, rowId: id, subject, body: '', trace: null })

describe('messages that wait to be published', () => {
  test('leave urgent ones first, each class in its order', () => {
    const queue = new PublishQueue()
    for (const id of ['entry 1', 'entry 2']) queue.push(message(id, 'order.submit.p03'))
    for (const id of ['exit 1', 'exit 2']) queue.push(message(id, 'urgent.order.submit.p03'))
    const order = Array.from({ length: 4 }, () => queue.shift(true)?.id)
    expect(order).toEqual(['exit 1', 'exit 2', 'entry 1', 'entry 2'])
    expect(queue.shift(true)).toBeUndefined()
  })

  test('let only urgent ones through when the bus has enough of the others', () => {
    const queue = new PublishQueue()
    queue.push(message('entry', 'order.submit.p03'))
    queue.push(message('exit', 'urgent.order.submit.p03'))
    expect(queue.shift(false)?.id).toBe('exit')
    expect(queue.shift(false)).toBeUndefined()
    expect(queue.size).toBe(1)
  })

  test('keep their order through many thousands', () => {
    const queue = new PublishQueue()
    const ids = Array.from({ length: 10_000 }, (_, index) => String(index))
    for (const id of ids) queue.push(message(id, 'order.planned'))
    expect(ids.map(() => queue.shift(true)?.id)).toEqual(ids)
  })
})
