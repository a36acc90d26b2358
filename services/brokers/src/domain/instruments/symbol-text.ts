/**
 * Names of brokers in the letters and digits of ours. Pure: called by the adapters of venues where each broker names its
 * symbols itself. Must never make a name longer than a symbol may be.
 */
const partMax = 20

export function lettersOf(text: string): string {
  return text
    .toUpperCase()
    .replaceAll(/[^A-Z0-9]/g, '')
    .slice(0, partMax)
}

/** What we do not list keeps its name, over nothing that we trade. */
export function unlistedSymbol(name: string): string {
  return `${lettersOf(name) || 'X'}/X`
}
