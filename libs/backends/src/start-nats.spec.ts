import { describe, expect, it } from 'vitest'
import { natsConfig } from './start-nats.ts'

describe('the generated nats-server configuration', () => {
  const input = { port: 4300, serverName: 'ours', directory: '/home/a b', storeDirectory: '/home/a b/store' }

  it('syncs every write before it is acknowledged and listens on the loopback interface only', () => {
    const text = natsConfig(input)
    expect(text).toContain('sync_interval: always')
    expect(text).toContain('listen: "127.0.0.1:4300"')
    expect(text).toContain('store_dir: "/home/a b/store"')
  })

  it('lets in the one login that has a password', () => {
    expect(natsConfig(input)).not.toContain('authorization')
    expect(natsConfig({ ...input, password: 'a-b' })).toContain('authorization { user: tradewire, password: "a-b" }')
  })

  it('opens the monitoring page only when asked', () => {
    expect(natsConfig(input)).not.toContain('http:')
    expect(natsConfig({ ...input, monitorPort: 4301 })).toContain('http: "127.0.0.1:4301"')
  })
})
