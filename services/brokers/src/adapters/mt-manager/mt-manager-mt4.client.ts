/**
 * An MT4 platform as the protocol reads and trades it. Called by the account.
 * Must never send a transaction twice.
 */
import { ok } from '@tradewire/kernel/result'
import { z } from 'zod'
import type { Answer, MtManagerApi } from './mt-manager-api.client.ts'
import type { Found, Money, Platform, Quote, Who } from './mt-manager-platform.wire.ts'
import {
  groupRecord,
  groupSecurity,
  marginLevel,
  symbolConfig,
  tickInfo,
  time,
  tradeRecord,
  type TradeRecord,
  userRecord,
} from './mt-manager-records.wire.ts'
import { listedSymbols } from './mt-manager-symbols.map.ts'

const trades = z.array(tradeRecord)

export class Mt4Platform implements Platform {
  readonly refusal = null
  private readonly base: string

  constructor(
    private readonly api: MtManagerApi,
    id: string,
  ) {
    this.base = `/api/v2/MT4/${encodeURIComponent(id)}`
  }

  async find(login: string): Answer<Found> {
    const user = await this.api.read(`${this.base}/UserRecordRequest/${login}`, userRecord)
    if (!user.ok) return user
    const group = encodeURIComponent(user.value.group)
    const [terms, securities, configs] = await Promise.all([
      this.api.read(`${this.base}/GroupRecordGet/${group}`, groupRecord),
      this.api.read(`${this.base}/GroupSecGroupsGet/${group}`, z.array(groupSecurity)),
      this.api.read(`${this.base}/CfgRequestSymbol`, z.array(symbolConfig)),
    ])
    if (!terms.ok) return terms
    if (!securities.ok) return securities
    if (!configs.ok) return configs
    const symbols = listedSymbols(configs.value, securities.value)
    return ok({ group: user.value.group, currency: terms.value.currency, symbols })
  }

  serverTime(): Answer<Date> {
    return this.api.read(`${this.base}/ServerTime`, time)
  }

  openTrades({ login, group }: Who): Answer<readonly TradeRecord[]> {
    return this.api.read(`${this.base}/TradesGetByLogin/${login}/${encodeURIComponent(group)}`, trades)
  }

  tickets(_who: Who, tickets: readonly string[]): Answer<readonly TradeRecord[]> {
    const query = tickets.map((ticket) => `orders=${ticket}`).join('&')
    return this.api.read(`${this.base}/TradeRecordsRequest?${query}`, trades)
  }

  groupTrades({ group }: Who): Answer<readonly TradeRecord[]> {
    return this.api.read(`${this.base}/AdmTradesRequest/${encodeURIComponent(group)}?openOnly=true`, trades)
  }

  history({ login }: Who, since: Date): Answer<readonly TradeRecord[]> {
    return this.api.read(`${this.base}/TradesUserHistory/${login}?fromTime=${since.toISOString()}`, trades)
  }

  money({ login }: Who): Answer<Money> {
    return this.api.read(`${this.base}/MarginLevelRequest/${login}`, marginLevel)
  }

  quote(name: string): Answer<Quote> {
    return this.api.read(`${this.base}/TickInfoLast/${encodeURIComponent(name)}`, tickInfo)
  }

  quotes(): Answer<readonly Quote[]> {
    return this.api.read(`${this.base}/TickInfoLast`, z.array(tickInfo))
  }

  trade(body: object, key: string): Answer<string> {
    return this.api.trade(`${this.base}/TradeTransaction`, body, key)
  }
}
