/**
 * A paper venue of its own, in this process, driven by its control API. Called by the test card and the specs of brokers.
 * Must never know an adapter: what differs from venue to venue is asked of the card or of the session.
 */
import { join } from 'node:path'
import type { Venue } from '@tradewire/contracts/common'
import {
  type ChangePaperKey,
  handTrade,
  type HandTradeOrder,
  type LedgerQuery,
  type LedgerReply,
  ledgerReply,
  paperAccount,
  paperCredentials,
  type PaperCredentials,
  paperFault,
  paperFaultList,
  paperKey,
  type SetFault,
  type SetPrice,
  setPriceReply,
} from '@tradewire/contracts/paper/control'
import { ControlClient } from '@tradewire/launcher/paper/control-client'
import { startService } from '@tradewire/nest-kit/start-service'
import { createLogger } from '@tradewire/observability/logger'
import { sellsCoins } from '@tradewire/orders/domain/planning/venue-capabilities'
import { paperService } from '@tradewire/paper/service'

/** Where the venue keeps its journal, and who stops it. */
export interface Stage {
  readonly directory: string
  onStop(work: () => Promise<void>): void
  /** Of the venue, by the names of its environment. */
  readonly settings?: Readonly<Record<string, string>>
}

export interface PaperWorld {
  readonly url: string
  account(venue: Venue, balance?: string): Promise<PaperCredentials>
  price(price: string): Promise<void>
  /** One market, tick by tick. */
  move(change: SetPrice): Promise<void>
  fault(fault: SetFault): Promise<void>
  clearFaults(): Promise<void>
  /** Those of one account: others may be under way beside it. */
  clearFaultsOf(accountId: string): Promise<void>
  revokeKey(accountId: string): Promise<void>
  changeKey(accountId: string, rules: ChangePaperKey): Promise<void>
  trade(trade: HandTradeOrder): Promise<void>
  ledger(query?: LedgerQuery): Promise<LedgerReply>
}

/** The markets that a card trades on, each under the name that venues give it. */
const markets = ['BTCUSDT', 'BITCOIN']

export async function startPaperWorld(stage: Stage): Promise<PaperWorld> {
  const environment = {
    TRADEWIRE_ENVIRONMENT: 'test',
    PAPER_HTTP_PORT: '0',
    PAPER_DATA_DIRECTORY: join(stage.directory, 'paper'),
    ...stage.settings,
  }
  const logger = createLogger({ service: paperService.name, level: 'warn' })
  const service = await startService(paperService, environment, { logger })
  stage.onStop(() => service.stop())
  const control = ControlClient.at(`${service.url}/control`)
  return {
    url: service.url,
    account: (venue, balance = '1000000') => {
      const body = { venue, balance, ...(sellsCoins(venue) ? { balances: { BTC: '1' } } : {}) }
      return control.ask({ method: 'POST', path: '/accounts', body }, paperCredentials)
    },
    async price(price) {
      for (const symbol of markets) {
        await control.ask({ method: 'POST', path: '/price', body: { symbol, price } }, setPriceReply)
      }
    },
    async move(change) {
      await control.ask({ method: 'POST', path: '/price', body: change }, setPriceReply)
    },
    async fault(fault) {
      await control.ask({ method: 'POST', path: '/faults', body: fault }, paperFault)
    },
    async clearFaults() {
      await control.ask({ method: 'DELETE', path: '/faults' }, paperFaultList)
    },
    async clearFaultsOf(accountId) {
      const { faults } = await control.ask({ method: 'GET', path: '/faults' }, paperFaultList)
      for (const { id } of faults.filter((each) => each.accountId === accountId)) {
        // It may have ended by itself meanwhile.
        await control.ask({ method: 'DELETE', path: `/faults/${id}` }, paperFaultList).catch(() => undefined)
      }
    },
    async revokeKey(accountId) {
      await control.ask({ method: 'POST', path: `/accounts/${accountId}/revoke-key` }, paperAccount)
    },
    async changeKey(accountId, body) {
      await control.ask({ method: 'POST', path: `/accounts/${accountId}/key`, body }, paperKey)
    },
    async trade(trade) {
      await control.ask({ method: 'POST', path: '/trades', body: trade }, handTrade)
    },
    ledger: (query = {}) => control.ask({ method: 'GET', path: '/ledger', query }, ledgerReply),
  }
}
