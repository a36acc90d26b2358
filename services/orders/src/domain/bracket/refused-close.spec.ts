import { describe, expect, it } from 'vitest'
import { at, d, newsOf, planOf } from '../../testing/bracket-fixtures.ts'
import { Story } from '../../testing/bracket-story.ts'
import { takesUpSince } from './decide.ts'

const nothingToReduce = { code: 'REDUCE_ONLY_REFUSED', message: 'ReduceOnly Order is rejected.' }

function endTargets(story: Story, atMs: number): void {
  for (const target of ['target-1', 'target-2', 'target-3']) story.tell(target, 'cancelled', { atMs })
}

describe('a bracket whose close finds nothing to reduce', () => {
  it('ends as closed by the venue when the venue proves that there is no position any more', () => {
    const story = new Story().opened()
    story.take([{ kind: 'close' }], 500)
    endTargets(story, 550)
    story.tell('close-1', 'rejected', { atMs: 600 })
    expect(story.take([{ kind: 'wake' }], 1_100)).toEqual(['+close-2 0.9'])
    expect(story.tell('close-2', 'rejected', { reason: nothingToReduce, atMs: 1_200 })).toEqual([])
    expect(story.take([{ kind: 'wake' }], 11_200)).toEqual(['-stop-1', 'closed'])
    expect(story.events.at(-1)?.trade).toMatchObject({ reason: 'venue' })
  })

  it('does not take a refused close for that proof while targets rested when it was sent: it goes again when they end', () => {
    const story = new Story().opened()
    story.take([{ kind: 'close' }], 500)
    expect(story.tell('close-1', 'rejected', { reason: nothingToReduce, atMs: 600 })).toEqual([])
    expect(story.bracket.wakeAt).toBe(at(1_100))
    story.tell('target-1', 'cancelled', { atMs: 690 })
    story.tell('target-2', 'cancelled', { atMs: 690 })
    expect(story.tell('target-3', 'cancelled', { atMs: 700 })).toEqual(['+close-2 0.9'])
    expect(story.tell('close-2', 'filled', { filled: '0.9', price: '40100', atMs: 1_200 })).toEqual([
      '-stop-1',
      'closed',
    ])
    expect(story.events.at(-1)?.trade).toMatchObject({ reason: 'close' })
  })

  it('goes again once for what has ended, also where the end was told by a clock that is ahead', () => {
    const story = new Story().opened()
    story.take([{ kind: 'close' }], 500)
    story.tell('close-1', 'rejected', { reason: nothingToReduce, atMs: 600 })
    for (const target of ['target-1', 'target-2', 'target-3']) {
      expect(story.take([newsOf(story.bracket, target, 'cancelled', { atMs: 2_700 })], 700)).toEqual([])
    }
    expect(story.bracket.wakeAt).toBe(at(2_700))
    expect(story.take([{ kind: 'wake' }], 2_700)).toEqual(['+close-2 0.9'])
    expect(story.tell('close-2', 'rejected', { reason: nothingToReduce, atMs: 2_800 })).toEqual([])
    expect(story.take([{ kind: 'wake' }], 12_800)).toEqual(['-stop-1', 'closed'])
  })

  it('does not take it for that proof while a target has no answer, however often it is refused', () => {
    const story = new Story().opened()
    story.take([{ kind: 'close' }], 500)
    story.tell('target-1', 'cancelled', { atMs: 510 })
    story.tell('target-2', 'cancelled', { atMs: 520 })
    story.tell('target-3', 'unknown', { final: false, atMs: 530 })
    story.tell('close-1', 'rejected', { reason: nothingToReduce, atMs: 600 })
    expect(story.take([{ kind: 'wake' }], 1_100)).toEqual(['+close-2 0.9'])
    story.tell('close-2', 'rejected', { reason: nothingToReduce, atMs: 1_200 })
    expect(story.take([{ kind: 'wake' }], 20_000)).toEqual(['+close-3 0.9'])
    expect(story.bracket.state).toBe('closing')
  })

  it('ends the stop that may rest in the book once it is hit, when nothing else can be the reason, and tries again', () => {
    const refusedBesideStop = () => {
      const story = new Story(planOf({ stop: { price: d('39600'), type: 'limit' } })).opened()
      story.take([{ kind: 'close' }], 500)
      endTargets(story, 550)
      story.tell('close-1', 'rejected', { atMs: 600 })
      expect(story.take([{ kind: 'wake' }], 1_100)).toEqual(['+close-2 0.9'])
      expect(story.tell('close-2', 'rejected', { reason: nothingToReduce, atMs: 1_200 })).toEqual(['-stop-1'])
      expect(story.bracket.losses).toEqual([])
      return story
    }
    const hit = refusedBesideStop()
    expect(hit.tell('stop-1', 'filled', { filled: '0.9', price: '39500', atMs: 1_250 })).toContain('closed')
    const gone = refusedBesideStop()
    expect(gone.tell('stop-1', 'cancelled', { atMs: 1_250 })).toEqual(['+close-3 0.9'])
    gone.tell('close-3', 'rejected', { reason: nothingToReduce, atMs: 1_300 })
    expect(gone.take([{ kind: 'wake' }], 11_300)).toEqual(['closed'])
    expect(gone.events.at(-1)?.trade).toMatchObject({ reason: 'venue' })
  })

  it('keeps its stop and goes on closing while an order of another bracket of the account may be the reason', () => {
    for (const type of ['market', 'limit'] as const) {
      const story = new Story(planOf({ stop: { price: d('39600'), type } })).opened()
      story.take([{ kind: 'close' }], 500)
      endTargets(story, 550)
      story.tell('close-1', 'rejected', { atMs: 600 })
      story.take([{ kind: 'wake' }], 1_100)
      story.isAlone = false
      story.tell('close-2', 'rejected', { reason: nothingToReduce, atMs: 1_200 })
      expect(story.take([{ kind: 'wake' }], 20_000)).toEqual(['+close-3 0.9'])
      expect(story.bracket).toMatchObject({ state: 'closing', losses: [] })
    }
  })

  it('does not take a refused close for that proof while the entry could still fill when it was sent', () => {
    const story = new Story(planOf({ entryType: 'limit' }))
    story.tell('entry', 'filled', { filled: '0.5', price: '40000', final: false, atMs: 100 })
    story.tell('stop-1', 'accepted', { atMs: 150 })
    expect(story.take([{ kind: 'close' }], 500)).toContain('+close-1 0.5')
    story.tell('stop-1', 'filled', { filled: '0.5', price: '39600', atMs: 590 })
    story.tell('close-1', 'rejected', { reason: nothingToReduce, atMs: 600 })
    story.tell('entry', 'cancelled', { filled: '0.6', price: '40000', final: true, atMs: 650 })
    story.take([{ kind: 'wake' }], 10_700)
    expect(story.bracket.state).toBe('closing')
    expect(story.bracket.legs.map(({ leg }) => leg)).toContain('close-2')
  })

  it('does not take it for that proof while a trailing stop had not ended when it was sent', () => {
    const story = new Story(planOf({ trailing: { triggerPercent: d('95'), callbackRatePercent: d('2') } })).opened()
    story.tell('trailing-1', 'accepted', { atMs: 50 })
    expect(story.take([{ kind: 'close' }], 500)).toContain('-trailing-1')
    endTargets(story, 550)
    story.tell('close-1', 'rejected', { reason: nothingToReduce, atMs: 600 })
    expect(story.take([{ kind: 'wake' }], 1_100)).toEqual(['+close-2 0.9'])
    story.tell('trailing-1', 'cancelled', { atMs: 1_150 })
    const again = story.tell('close-2', 'rejected', { reason: nothingToReduce, atMs: 1_200 })
    expect(again).toEqual(['+close-3 0.9'])
    story.tell('close-3', 'rejected', { reason: nothingToReduce, atMs: 1_300 })
    expect(story.take([{ kind: 'wake' }], 11_300)).toEqual(['-stop-1', 'closed'])
  })

  it('is what follows where a stop finds nothing to reduce: that proves nothing by itself', () => {
    const story = new Story()
    story.tell('entry', 'filled', { filled: '0.9', price: '40000' })
    story.tell('stop-1', 'rejected', { reason: nothingToReduce })
    expect(story.tell('stop-2', 'rejected', { reason: nothingToReduce })).toEqual(['+close-1 0.9'])
    expect(story.bracket.losses).toEqual([])
  })
})

describe('another bracket of the account', () => {
  const refused = { submittedAt: at(600), observedAt: at(650) }
  const closing = () => {
    const story = new Story().opened()
    story.take([{ kind: 'close' }], 500)
    endTargets(story, 550)
    expect(story.tell('close-1', 'rejected', { reason: nothingToReduce, atMs: 560 })).toEqual(['+close-2 0.9'])
    return story
  }

  it('may be why a close found nothing while its own has no answer, and where that was executed since', () => {
    const story = closing()
    expect(takesUpSince(story.bracket, refused)).toBe(true)
    story.tell('close-2', 'filled', { filled: '0.9', price: '40100', atMs: 700 })
    expect(takesUpSince(story.bracket, refused)).toBe(true)
  })

  it('is not why where its own was refused, or both would try for ever', () => {
    const story = closing()
    story.tell('close-2', 'rejected', { reason: nothingToReduce, atMs: 700 })
    expect(takesUpSince(story.bracket, refused)).toBe(false)
  })

  it('is not why by what it sent after the refusal', () => {
    const { bracket } = new Story().opened()
    expect(takesUpSince(bracket, refused)).toBe(true)
    expect(takesUpSince(bracket, { submittedAt: at(-60), observedAt: at(-10) })).toBe(false)
  })
})
