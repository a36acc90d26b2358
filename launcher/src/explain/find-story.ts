/**
 * Finds what there is to tell of an id: an order, or what became of a signal. Called by the explain command.
 * Must never ask around the public API.
 */
import type { ExplanationReply } from '@tradewire/contracts/rpc/explanation'
import type { BracketReply, RefusedSignalReply } from '@tradewire/contracts/rpc/orders'
import { follow, signal } from '@tradewire/contracts/rpc/signals'
import type { z } from 'zod'
import { type GatewayClient, GatewayError } from '../gateway/gateway-client.ts'
import { exitCodes, LauncherError } from '../terminal/launcher-error.ts'

export type SignalReply = z.output<typeof signal>
type Follow = z.output<typeof follow>
type Asked = Pick<GatewayClient, 'get'>

const ordersShownMax = 50
const followsLookedAtMax = 200

export type Found =
  | { readonly kind: 'order'; readonly story: ExplanationReply }
  | {
      readonly kind: 'orders'
      readonly signalId: string
      readonly orders: readonly BracketReply[]
      readonly more: boolean
    }
  | { readonly kind: 'refused'; readonly refused: RefusedSignalReply }
  /** `followed`: somebody follows the strategy now and did so when the signal came. */
  | { readonly kind: 'no-orders'; readonly signal: SignalReply; readonly followed: boolean }

const UUID_TEXT = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i
const notFoundStatus = 404

/** Throws LauncherError for text that is no id, and for an id of nothing. */
export async function findStory(gateway: Asked, id: string): Promise<Found> {
  if (!UUID_TEXT.test(id)) {
    const wanted = 'give the id of an order or of a signal, such as 01963a5e-0000-7000-8000-000000000002'
    throw new LauncherError(`"${id}" is no id`, wanted, exitCodes.usage)
  }
  const story = await unlessMissing(gateway.get<ExplanationReply>(`/v1/orders/${id}/explain`))
  return story === undefined ? findSignal(gateway, id) : { kind: 'order', story }
}

async function findSignal(gateway: Asked, signalId: string): Promise<Found> {
  const { items: orders, nextToken } = await gateway.get<{ items: BracketReply[]; nextToken: string | null }>(
    `/v1/orders?limit=${ordersShownMax}&signalId=${signalId}`,
  )
  if (orders.length > 0) return { kind: 'orders', signalId, orders, more: nextToken !== null }
  const [refused] = await items<RefusedSignalReply>(gateway, `/v1/refused-signals?limit=1&signalId=${signalId}`)
  if (refused !== undefined) return { kind: 'refused', refused }
  const accepted = await unlessMissing(gateway.get<SignalReply>(`/v1/signals/${signalId}`))
  if (accepted !== undefined) return withoutOrders(gateway, accepted)
  throw new LauncherError(`there is no order and no signal with the id ${signalId}`)
}

async function withoutOrders(gateway: Asked, accepted: SignalReply): Promise<Found> {
  const { strategyId, receivedAt } = accepted
  const path = `/v1/follows?limit=${followsLookedAtMax}&active=true&strategyId=${strategyId}`
  const follows = await items<Follow>(gateway, path)
  // Newest first: behind a full page are earlier ones.
  const followed =
    follows.length === followsLookedAtMax ||
    follows.some(({ createdAt }) => Date.parse(createdAt) <= Date.parse(receivedAt))
  return { kind: 'no-orders', signal: accepted, followed }
}

/** The newest order, and the newest signal where it came later and has none. */
export async function newestOf(
  gateway: Asked,
): Promise<{ readonly orderId: string | undefined; readonly untradedSignalId: string | undefined }> {
  const [order] = await items<BracketReply>(gateway, '/v1/orders?limit=1')
  const [newest] = await items<SignalReply>(gateway, '/v1/signals?limit=1')
  const orders = newest === undefined ? [] : await items(gateway, `/v1/orders?limit=1&signalId=${newest.id}`)
  return { orderId: order?.id, untradedSignalId: orders.length > 0 ? undefined : newest?.id }
}

async function items<Item>(gateway: Asked, path: string): Promise<Item[]> {
  return (await gateway.get<{ items: Item[] }>(path)).items
}

async function unlessMissing<Reply>(asking: Promise<Reply>): Promise<Reply | undefined> {
  try {
    return await asking
  } catch (error) {
    if (error instanceof GatewayError && error.status === notFoundStatus) return undefined
    throw error
  }
}
