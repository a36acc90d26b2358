/** What a venue does wrong, by the paper venue's own switches and by its connections. Called by the list. Must never need a real venue. */
import type { SetFault } from '@tradewire/contracts/paper/control'
import { readDump } from '../kit/read-history.ts'
import type { Scenario } from '../scenario.ts'
import type { Stage } from '../stage.ts'
import { linkFaults } from './servers.ts'

/** Shorter than the read lag that we grant the paper venue (2 s), longer than the first looks. */
const invisibleMs = 1_200
const retryAfterMs = 700
const refusalsMax = 6

type FaultPlan = (stage: Stage, place: number) => readonly SetFault[]

/** The venue has these faults from each alert to the end of its last position. */
function withFaults(plan: FaultPlan): Scenario['play'] {
  return (stage) => ({
    beforeSignal: (place) => stage.setFaults(plan(stage, place)),
    onSettled: () => stage.endFaults(),
  })
}

function dropped({ seed }: Stage, operation: 'place' | 'cancel' = 'place'): SetFault {
  return { kind: 'drop-reply-after-accept', rate: 0.3, seed, operation }
}

function failed({ seed }: Stage): SetFault {
  return { kind: 'error-after-accept', rate: 0.3, seed: seed + 1 }
}

function invisible({ seed }: Stage): SetFault {
  return { kind: 'delay-visibility', rate: 0.3, milliseconds: invisibleMs, seed: seed + 2 }
}

function limited({ followers }: Stage, operation: 'place' | 'read' = 'place'): SetFault {
  return { kind: 'rate-limit', operation, next: followers, milliseconds: retryAfterMs }
}

function cutStreams({ followers }: Stage): SetFault {
  return { kind: 'disconnect-streams', next: followers * 2 }
}

export const venueScenarios: readonly Scenario[] = [
  {
    name: 'venue-drops-replies',
    rows: [10],
    about: 'the venue takes three in ten orders and cancels and never answers; each is found, none sent again',
    signals: 2,
    play: withFaults((stage) => [dropped(stage), dropped(stage, 'cancel')]),
  },
  {
    name: 'venue-fails-after-accepting',
    rows: [11],
    about: 'the venue takes three in ten orders and answers 503 with -1007, outcome unknown',
    signals: 2,
    play: withFaults((stage) => [failed(stage)]),
  },
  {
    name: 'venue-refuses',
    rows: [12],
    about: 'the venue refuses entries for good; a refused order is sent once and never again',
    signals: 2,
    play: venueRefuses,
  },
  {
    name: 'venue-hides-orders',
    rows: [13],
    about: 'orders stand at the venue but no list, lookup or stream shows them for 1.2 s, and the answer is lost',
    signals: 2,
    play: withFaults((stage) => [failed(stage), invisible(stage)]),
  },
  {
    name: 'venue-calls-ids-taken',
    rows: [14],
    about:
      'three in ten requests arrive twice and are answered as the second: the id is taken; each order is found and kept',
    signals: 2,
    play: venueCallsIdsTaken,
  },
  {
    name: 'venue-limits-rates',
    rows: [15],
    about: 'the venue answers 429 with Retry-After to a burst of orders and of reads',
    signals: 2,
    play: withFaults((stage) => [limited(stage), limited(stage, 'read'), dropped(stage)]),
  },
  {
    name: 'venue-fills-in-part',
    rows: [16],
    about: 'half of the orders fill by half at once; stops follow the filled quantity, also when answers are lost',
    signals: 2,
    play: withFaults((stage) => [
      { kind: 'partial-fill', rate: 0.5, fraction: '0.5', seed: stage.seed + 3 },
      dropped(stage, 'cancel'),
    ]),
  },
  {
    name: 'venue-cuts-streams',
    rows: [18],
    about: 'every user stream is cut, and again at each new connection, while orders fill',
    signals: 2,
    play: withFaults((stage) => [cutStreams(stage), dropped(stage)]),
  },
  {
    name: 'venue-link-faults',
    rows: [10, 18],
    about: 'calls and streams to the venue are cut, swallowed, half closed, slowed; or only their answers are lost',
    signals: 3,
    links: ['venue'],
    play: (stage) => linkFaults(stage, 'venue'),
  },
  {
    name: 'venue-does-it-all',
    rows: [6, 10, 11, 13, 15, 18],
    about: 'all of the faults above at once, and brokers killed among them',
    signals: 2,
    play(stage) {
      const plan: FaultPlan = () => [
        dropped(stage),
        failed(stage),
        invisible(stage),
        cutStreams(stage),
        limited(stage, 'read'),
        dropped(stage, 'cancel'),
      ]
      return {
        beforeSignal: (place) => stage.setFaults(plan(stage, place)),
        async onSignal() {
          await stage.moment()
          await stage.signal('brokers', 'SIGKILL')
        },
        onSettled: () => stage.endFaults(),
      }
    },
  },
]

/** An order whose id is taken is ours from the first request: none fails, and none is sent again. */
function venueCallsIdsTaken(stage: Stage): ReturnType<Scenario['play']> {
  return {
    beforeSignal: () => stage.setFaults([{ kind: 'repeat-request', rate: 0.3, seed: stage.seed }]),
    onSettled: () => stage.endFaults(),
    async atTheEnd() {
      const { brackets, attempts } = await readDump(stage.system)
      const failed = brackets.filter(({ state }) => state === 'failed')
      stage.expect(failed.length === 0, `${failed.length} brackets failed by orders that stand`)
      const again = attempts.filter(({ submissions }) => submissions > 1)
      stage.expect(again.length === 0, `${again.length} orders were sent more than once`)
    },
  }
}

function venueRefuses(stage: Stage): ReturnType<Scenario['play']> {
  return {
    beforeSignal: () => stage.setFaults([{ kind: 'reject', next: refusalsMax }]),
    async atTheEnd() {
      const { attempts } = await readDump(stage.system)
      const refused = attempts.filter(({ state }) => state === 'rejected')
      stage.expect(refused.length > 0, 'no order was refused')
      for (const { intentId, submissions } of refused)
        stage.expect(submissions <= 1, `intent ${intentId} was refused and sent ${submissions} times`)
    },
  }
}
