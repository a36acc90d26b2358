/** What must be stopped however the bench ends: servers live in sessions of their own and would outlive it. */
type Work = () => Promise<void>

const works: Work[] = []

/** Runs with cleanUp, last added first. */
export function atEnd(work: Work): void {
  works.push(work)
}

export async function cleanUp(): Promise<void> {
  for (const work of works.splice(0).toReversed()) await work().catch(() => undefined)
}
