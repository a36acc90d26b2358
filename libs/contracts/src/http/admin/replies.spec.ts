import { describe, expect, it } from 'vitest'
import { adminRoutes } from '../admin.ts'
import { adminReplies } from './replies.ts'

describe('the replies of the admin document', () => {
  it.each(Object.entries(adminReplies.example))('are what the route may answer: %s', (operation, reply) => {
    const route = adminRoutes.find((one) => one.operation === operation)
    expect(route?.reply.safeParse(reply).error?.issues).toBeUndefined()
    expect(route).toBeDefined()
  })
})
