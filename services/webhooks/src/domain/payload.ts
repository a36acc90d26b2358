/**
 * The body of a webhook as the marketplace document shows it: event, timestamp, data in snake case, numbers as numbers.
 * Called when a delivery is queued; the bytes made here are stored and sent unchanged. Must never round an amount.
 */
import { isDecimalText } from '@tradewire/kernel/decimal'
import { numberOfId } from '@tradewire/kernel/ids'

interface News {
  readonly name: string
  readonly occurredAt: string
  readonly data: Readonly<Record<string, unknown>>
}

/** Our words to the document's; everything else only changes its case. */
const renamed: Readonly<Record<string, string>> = { side: 'type', quantity: 'volume' }

export function payloadOf({ name, occurredAt, data }: News): string {
  const fields = Object.entries(data).map(([key, value]) => [renamed[key] ?? snakeCase(key), shown(value)] as const)
  const shownData: Record<string, unknown> = Object.fromEntries(fields)
  const [nearest] = (data['takeProfits'] as readonly string[] | undefined) ?? []
  if (nearest !== undefined) shownData['take_profit'] = shown(nearest)
  // The document knows accounts of one platform only, and shows whole numbers; the API knows both by UUIDs.
  const { accountId, strategyId } = data
  if (typeof accountId === 'string') shownData['mt5_account_id'] = numberOfId(accountId)
  if (typeof strategyId === 'string') {
    shownData['strategy_id'] = numberOfId(strategyId)
    shownData['strategy_uuid'] = strategyId
  }
  return JSON.stringify({ event: name, timestamp: occurredAt, data: shownData })
}

function snakeCase(key: string): string {
  return key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}

/** Decimal text becomes the very same digits without quotes: no float comes in between. */
function shown(value: unknown): unknown {
  if (typeof value === 'string' && isDecimalText(value)) return JSON.rawJSON(value)
  if (Array.isArray(value)) return value.map(shown)
  return value
}

declare global {
  interface JSON {
    /** Node 22 and newer; TypeScript's library does not know it yet. */
    rawJSON(text: string): unknown
  }
}
