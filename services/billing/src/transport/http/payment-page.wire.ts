/** How pages for payers look: what is paid, how much, and where it stands. Called by the pages. Must never show anything unescaped, nor load anything from elsewhere. */
import { moneyText, type Money } from '../../domain/money/money.ts'

export const paymentPagePolicy =
  "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => entities[character]!)
}

const style = `
:root{color-scheme:light dark;--ink:#1b2733;--faint:#5d6b78;--paper:#fff;--ground:#eef2f6;--rule:#d8dfe6;--go:#0b6e4f;--stop:#b3261e;--wait:#7a5200}
@media(prefers-color-scheme:dark){:root{--ink:#e8edf2;--faint:#9fadba;--paper:#1c242c;--ground:#12181e;--rule:#33404c;--go:#4fc79b;--stop:#ff8a80;--wait:#f0c060}}
*{box-sizing:border-box}
body{margin:0;min-height:100vh;display:grid;place-items:center;padding:1.5rem;background:var(--ground);color:var(--ink);font:16px/1.5 system-ui,sans-serif}
main{width:100%;max-width:27rem;background:var(--paper);border:1px solid var(--rule);border-radius:14px;padding:1.75rem;box-shadow:0 8px 30px #0001}
h1{margin:0;font-size:1rem;font-weight:600;color:var(--faint)}
.amount{margin:.75rem 0 0;font-size:2.4rem;font-weight:700;letter-spacing:-.02em;line-height:1.1;overflow-wrap:anywhere}
.amount span{font-size:1.1rem;font-weight:600;color:var(--faint);letter-spacing:0}
.what{margin:.35rem 0 1.25rem;overflow-wrap:anywhere}
.state{margin:0 0 1.25rem;padding:.65rem .85rem;border-left:4px solid var(--faint);background:var(--ground);border-radius:0 8px 8px 0}
.state b{display:block}h1+.state{margin-top:.9rem}.state.go{border-color:var(--go)}.state.stop{border-color:var(--stop)}.state.wait{border-color:var(--wait)}
button{display:block;width:100%;margin-top:.6rem;padding:.75rem 1rem;border-radius:9px;border:1px solid var(--rule);background:transparent;color:inherit;font:inherit;font-weight:600;text-align:left;cursor:pointer}
button small{display:block;font-weight:400;color:var(--faint)}
button:hover{border-color:var(--faint)}button:focus-visible{outline:3px solid var(--go);outline-offset:2px}
button.go{background:#0b6e4f;border-color:#0b6e4f;color:#fff}button.go small{color:#d9efe6}
footer{margin-top:1.25rem;padding-top:1rem;border-top:1px solid var(--rule);font-size:.85rem;color:var(--faint)}`

export interface PaymentState {
  readonly tone: '' | 'go' | 'stop' | 'wait'
  readonly title: string
  readonly text: string
}

interface PaymentPage {
  readonly heading: string
  readonly description: string
  readonly amount: Money
  readonly state: PaymentState
  /** HTML of its own, below the state. */
  readonly more: string
  readonly footer: string
  /** Loaded anew after so long; left out for never. */
  readonly againAfterSeconds?: number
}

export function paymentPage(page: PaymentPage): string {
  const { heading, description, amount, state, more, footer, againAfterSeconds } = page
  const { tone, title, text } = state
  const content = `<h1>${heading}</h1>
<p class="amount">${moneyText(amount)} <span>${amount.currency}</span></p>
<p class="what">${escaped(description)}</p>
<p class="state ${tone}" role="status"><b>${title}</b>${text}</p>
${more}`
  return pageOf({ title: `${title}: ${moneyText(amount)} ${amount.currency}`, content, footer, againAfterSeconds })
}

/** For a link to no payment. */
export function pageOfNothing(heading: string, footer: string): string {
  const text = 'The link is incomplete or very old. Ask for a new one where you bought.'
  const content = `<h1>${heading}</h1>
<p class="state stop" role="alert"><b>There is no such payment</b>${text}</p>`
  return pageOf({ title: 'No such payment', content, footer, againAfterSeconds: undefined })
}

interface Page {
  readonly title: string
  readonly content: string
  readonly footer: string
  readonly againAfterSeconds: number | undefined
}

function pageOf({ title, content, footer, againAfterSeconds }: Page): string {
  const again = againAfterSeconds === undefined ? '' : `<meta http-equiv="refresh" content="${againAfterSeconds}">`
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">${again}
<title>${escaped(title)}</title><style>${style}</style></head>
<body><main>${content}
<footer>${footer}</footer></main></body></html>
`
}
