/** A user name for somebody whom another issuer vouches for. Called when such a user is made. Pure; must never answer one that is not valid. */
const charsMax = 40

/** What the issuer calls them, as far as our user names allow it; `suffix` makes it unique. */
export function externalName(name: string | null, suffix: string): string {
  const base = (name ?? '')
    .toLowerCase()
    .replace(/@.*$/, '')
    .replaceAll(/[^a-z0-9._-]+/g, '-')
    .replace(/^[^a-z0-9]+/, '')
    .slice(0, charsMax)
  return `${base === '' ? 'user' : base}-${suffix}`
}
