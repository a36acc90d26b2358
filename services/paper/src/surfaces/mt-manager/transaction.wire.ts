/**
 * The body of a trade transaction as a schema, in the words of both versions, and what the engine's refusals are called.
 * Called by the operation. Must never let a field through that the record does not have.
 */
import { z } from 'zod'
import type { DealRefusal } from '#domain/cfd/deal'
import type { ManagerCode } from './envelope.wire.ts'

const int32 = z.int().min(-2_147_483_648).max(2_147_483_647)
const price = z.number().min(0)
const symbolCharactersMax = 12

export const tradeCommands = [
  'Buy',
  'Sell',
  'BuyLimit',
  'SellLimit',
  'BuyStop',
  'SellStop',
  'Balance',
  'Credit',
] as const
export const transactionTypes = [
  'OpenMarket',
  'OpenPending',
  'ModifyTrade',
  'ModifyPending',
  'CloseMarket',
  'DeletePending',
  'BalanceAdd',
  'CreditAdd',
] as const
export type TradeCommand = (typeof tradeCommands)[number]
export type TransactionType = (typeof transactionTypes)[number]

const shared = {
  tradeRequestFlags: z.string().nullish(),
  expiration: z.iso.datetime({ local: true, offset: true }).optional(),
  order: int32.min(0).default(0),
  orderBy: int32.min(0).default(0),
  symbol: z.string().max(symbolCharactersMax).nullish(),
  volume: int32.min(0).default(0),
  sl: price.default(0),
  tp: price.default(0),
  ieDeviation: int32.min(0).default(0),
  comment: z.string().nullish(),
  crc: int32.default(0),
  /** Below zero only where money is taken out. */
  price: z.number().default(0),
}

/** Version 2: exactly these words. */
export const transactionBody = z.strictObject({
  tradeTransactionType: z.enum(transactionTypes),
  tradeCommand: z.enum(tradeCommands),
  ...shared,
})
export type TransactionBody = z.output<typeof transactionBody>

/** Version 1: any case, the broker's own names; what a change or an opening is follows from the command. */
const firstNames: Readonly<Record<string, (command: TradeCommand | undefined) => TransactionType>> = {
  open: (command) => (command === 'Buy' || command === 'Sell' ? 'OpenMarket' : 'OpenPending'),
  close: () => 'CloseMarket',
  delete: () => 'DeletePending',
  modify: (command) => (command === 'Buy' || command === 'Sell' ? 'ModifyTrade' : 'ModifyPending'),
  balance: (command) => (command === 'Credit' ? 'CreditAdd' : 'BalanceAdd'),
}

function commandOf(text: string): TradeCommand | undefined {
  return tradeCommands.find((command) => command.toLowerCase() === text.toLowerCase())
}

export const firstTransactionBody = z
  .strictObject({ tradeTransactionType: z.string(), tradeCommand: z.string(), ...shared })
  .transform(({ tradeTransactionType, tradeCommand, ...rest }, context): TransactionBody => {
    const command = commandOf(tradeCommand)
    const [, name] = /^br(?:order)?(open|close|delete|modify|balance)$/i.exec(tradeTransactionType) ?? []
    const type = name === undefined ? undefined : firstNames[name.toLowerCase()]?.(command)
    if (command === undefined || type === undefined) {
      context.addIssue({ code: 'custom', message: 'unknown transaction or command', path: ['tradeTransactionType'] })
      return z.NEVER
    }
    return { ...rest, tradeTransactionType: type, tradeCommand: command }
  })

export const refusals: Readonly<Record<DealRefusal, ManagerCode>> = {
  VOLUME: 'TradeBadVolume',
  PRICE: 'TradeBadPrices',
  STOPS: 'TradeBadStops',
  NO_MONEY: 'TradeNoMoney',
  UNKNOWN_POSITION: 'InvalidData',
  ALREADY_CLOSED: 'InvalidData',
  EXPIRATION: 'TradeExpirationDenied',
  TOO_MANY_ORDERS: 'TradeTooManyOrders',
}
