/**
 * What came out of the test card, by venue and by case, for people, for programs and for the page of venues.
 * Called by the conformance command. Must never leave out a case: what a venue does not declare is said to be skipped.
 */
import { conformanceCases } from '@tradewire/broker-kit/conformance'
import type { BrokerDefinition } from '@tradewire/broker-kit/define-broker'
import type { Venue } from '@tradewire/contracts/common'
import type { CardTable } from './run-card.ts'

type Verdict = 'passed' | 'failed' | 'skipped'

interface Failure {
  readonly id: string
  readonly title: string
  readonly message: string
}

export interface VenueOutcome {
  readonly venue: Venue
  readonly cases: number
  readonly passed: number
  readonly failures: readonly Failure[]
  readonly skipped: readonly string[]
  readonly ms: number
}

export async function playVenue(
  table: CardTable,
  definition: BrokerDefinition,
  say: (text: string) => void,
): Promise<VenueOutcome> {
  const startedMs = performance.now()
  const due = conformanceCases.filter(({ needs }) => needs(definition.capabilities))
  const failures: Failure[] = []
  for (const one of due) {
    const { id, title } = one
    say(`${id} ${title}`)
    try {
      await table.play(definition, one)
    } catch (error) {
      failures.push({ id, title, message: error instanceof Error ? error.message : String(error) })
    }
  }
  const skipped = conformanceCases.filter((one) => !due.includes(one)).map(({ id }) => id)
  const ms = Math.round(performance.now() - startedMs)
  const cases = conformanceCases.length
  return { venue: definition.id, cases, passed: due.length - failures.length, failures, skipped, ms }
}

function verdictOf({ failures, skipped }: VenueOutcome, caseId: string): Verdict {
  if (skipped.includes(caseId)) return 'skipped'
  return failures.some(({ id }) => id === caseId) ? 'failed' : 'passed'
}

export function verdictsByCase(outcomes: readonly VenueOutcome[]): { id: string; verdicts: Verdict[] }[] {
  return conformanceCases.map(({ id }) => ({ id, verdicts: outcomes.map((outcome) => verdictOf(outcome, id)) }))
}

export function summaryOf(outcomes: readonly VenueOutcome[]) {
  const venues = outcomes.map(({ venue, cases, passed, failures, skipped, ms }) => ({
    venue,
    cases,
    passed,
    failed: failures.length,
    skippedByCapability: skipped.length,
    failures,
    ms,
  }))
  const sum = (count: (venue: (typeof venues)[number]) => number) =>
    venues.reduce((total, each) => total + count(each), 0)
  return {
    venues,
    cases: sum(({ cases }) => cases),
    passed: sum(({ passed }) => passed),
    failed: sum(({ failed }) => failed),
    skippedByCapability: sum(({ skippedByCapability }) => skippedByCapability),
  }
}

/**
 * The file that the page of venues is made of: verdicts by venue and case, and nothing that differs from run to run.
 * Venues that were not played keep what was known of them.
 */
export function recordOf(outcomes: readonly VenueOutcome[], known: string): string {
  const before = JSON.parse(known) as Readonly<Record<string, unknown>>
  const played = outcomes.map((outcome) => [
    outcome.venue,
    Object.fromEntries(verdictsByCase([outcome]).map(({ id, verdicts: [verdict] }) => [id, verdict])),
  ])
  const venues = Object.entries({ ...before, ...(Object.fromEntries(played) as object) })
  const sorted = Object.fromEntries(venues.toSorted(([left], [right]) => (left < right ? -1 : 1)))
  return `${JSON.stringify(sorted, undefined, 2)}\n`
}
