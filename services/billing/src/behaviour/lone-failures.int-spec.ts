import 'reflect-metadata'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { BillingDesk, follower, stranger } from '../testing/billing-desk.ts'

const desk = new BillingDesk()
const { backends } = desk

/** That of the follower, which cannot be worked on; the stranger has another. */
let bad = ''

beforeAll(() => desk.start())
beforeEach(async () => {
  await desk.clear()
  const planId = await desk.plan()
  bad = await desk.subscribed(planId)
  await desk.subscribed(planId, stranger)
})

/** PostgreSQL refuses what breaks the rule, whoever asks. */
async function refusing(table: string, rule: string, work: () => Promise<void>): Promise<void> {
  await backends.query(`alter table billing.${table} add constraint refused check (${rule}) not valid`)
  try {
    await work()
  } finally {
    await backends.query(`alter table billing.${table} drop constraint refused`)
  }
}

async function remindedUsers() {
  return (await desk.published('notice.raised')).map(({ userId }) => userId)
}

async function askedUsers() {
  return (await desk.published('payment.due')).map(({ userId }) => userId)
}

it('a subscription that cannot be moved holds up no other, and moves when it can be', async () => {
  await refusing('subscription', `id <> '${bad}' or standing <> 'past-due'`, async () => {
    await desk.passDays(29)
    expect(await desk.held(stranger)).toMatchObject({ standing: 'past-due' })
    expect(await desk.held(follower)).toMatchObject({ standing: 'active' })
    expect(await askedUsers()).toContain(stranger.userId)
    expect(await remindedUsers()).toEqual([stranger.userId])
  })
  await desk.passDays(1)
  expect(await desk.held(follower)).toMatchObject({ standing: 'past-due' })
})

it('a period that cannot be asked for holds up no other, and is asked for when it can be', async () => {
  await refusing('payment', `subscription_id <> '${bad}' or period < 2`, async () => {
    await desk.passDays(26)
    expect(await askedUsers()).toEqual([stranger.userId])
  })
  await desk.passDays(1)
  expect(await askedUsers()).toEqual([stranger.userId, follower.userId])
})

it('a debt that cannot be reminded of holds up no other, and is reminded of when it can be', async () => {
  await refusing('reminder', `object <> '${bad}' or taken = 0`, async () => {
    await desk.passDays(29)
    expect(await remindedUsers()).toEqual([stranger.userId])
  })
  await desk.passDays(1)
  expect(await remindedUsers()).toEqual([stranger.userId, follower.userId])
})

describe('as many as a pass takes at once, all of which fail, do not keep one after them from its turn', () => {
  const copies = 101
  /** Sorts by its number, and before whatever was not copied. */
  const idOf = (number: string) => `00000000-0000-4000-8000-${number.padStart(12, '0')}`
  const last = idOf(String(copies))
  const copyId = `replace('${idOf('')}', '000000000000', lpad(number::text, 12, '0'))`
  const minutesBefore = (time: string) => `first.${time} - (200 - number) * interval '1 minute'`

  /** So many rows like this one, with these columns otherwise. */
  async function copy(table: string, id: string, columns: Record<string, string>): Promise<void> {
    const changes = Object.entries({ id: copyId, ...columns }).flatMap(([name, sql]) => [`'${name}'`, sql])
    await backends.query(
      `insert into billing.${table} select copied.* from billing.${table} as first, generate_series(1, ${copies}) as number,
         jsonb_populate_record(first, jsonb_build_object(${changes.join(', ')})) as copied where first.id = $1`,
      [id],
    )
  }

  const copySubscriptions = (columns: Record<string, string>) =>
    copy('subscription', bad, { external_id: 'null', next_change_at: 'null', ...columns })
  const ofOthers = { user_id: copyId, paid_through: minutesBefore('paid_through') }

  it('to be reminded', async () => {
    await copySubscriptions({ ...ofOthers, standing: `'past-due'` })
    await refusing('reminder', `object >= '${last}' or taken = 0`, async () => {
      await desk.passDays(29)
      expect(await remindedUsers()).toContain(last)
    })
  })

  it('to be asked for the next period', async () => {
    await copySubscriptions(ofOthers)
    await refusing('payment', `subscription_id >= '${last}'`, async () => {
      await desk.passDays(26)
      await desk.passDays(0)
      const asked = `select 1 from billing.payment where subscription_id = '${last}' and external_id is not null`
      expect(await backends.query(asked)).toHaveLength(1)
    })
  })

  it('to be given back', async () => {
    const [paid] = (await backends.query<{ id: string }>('select id from billing.payment limit 1')) as [{ id: string }]
    const nothingElse = { subscription_id: 'null', period: 'null', external_id: `'none ' || number` }
    await copy('payment', paid.id, { ...nothingElse, surplus: `'due'`, created_at: minutesBefore('created_at') })
    await refusing('payment', `id >= '${last}' or surplus = 'due'`, async () => {
      await desk.passDays(0)
      await desk.passDays(0)
      const settled = await backends.query(`select id from billing.payment where surplus <> 'due'`)
      expect(settled).toEqual([{ id: last }])
    })
  })

  it('to have its change dropped for another subscription', async () => {
    await copySubscriptions({ standing: `'ended'`, paid_through: 'null', ends_at: 'first.begun_at' })
    await backends.query(
      `insert into billing.subscription_change (id, subscription_id, user_id, state, timing, former_name, subject_kind,
         subject_id, subject_name, currency, minor, cycle, credit_minor, charge_minor, priced_at, effective_at,
         paid_through, told_to_provider, request_hash, created_at)
       select id, id, user_id, 'scheduled', 'period-end', subject_name, subject_kind, subject_id, subject_name, currency, minor,
         cycle, 0, 0, begun_at, begun_at, begun_at, false, '', begun_at + row_number() over (order by id) * interval '1 s'
       from billing.subscription where standing = 'ended'`,
    )
    await refusing('subscription_change', `id >= '${last}' or state <> 'dropped'`, async () => {
      await desk.passDays(0)
      await desk.passDays(0)
      const dropped = await backends.query(`select id from billing.subscription_change where state = 'dropped'`)
      expect(dropped).toEqual([{ id: last }])
    })
  })
})
