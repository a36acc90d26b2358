/** Everything that the simulated venues list. Called by the running venue and by tests. Must never hold more than the list. */
import { contractsOf, contractVenues } from '../cfd/listed-contracts.ts'
import { coinInstruments, type Instrument } from './instruments.ts'

export const instruments: readonly Instrument[] = [...coinInstruments, ...contractVenues.flatMap(contractsOf)]
