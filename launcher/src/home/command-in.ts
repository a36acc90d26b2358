/** A command for the person at the terminal to paste, meant for the same home. Called wherever a hint is told. Pure. */
import { gatewayPortDefault } from '../services/ports.ts'
import { defaultHome, type Home } from './home.ts'

const PLAIN = /^[\w@%+=:,./-]+$/

/** `./tradewire up --home /srv/tradewire`; nothing is said of the default home. */
export function commandIn(home: Pick<Home, 'root'>, command: string): string {
  return `./tradewire ${command}${homeArgument(home)}`
}

/** The option that names this home in further commands; nothing for the default one. */
export function homeArgument({ root }: Pick<Home, 'root'>): string {
  return root === defaultHome ? '' : ` --home ${quoted(root)}`
}

/** The option for a gateway that is not where it is by default. */
export function portArgument(port: number): string {
  return port === gatewayPortDefault ? '' : ` --port ${port}`
}

/** As a shell reads it back. */
function quoted(path: string): string {
  return PLAIN.test(path) ? path : `'${path.replaceAll("'", String.raw`'\''`)}'`
}
