/** The page of the mock provider, as HTML. Called by its route. Must never show anything unescaped, nor load anything from elsewhere. */
import { moneyText } from '../../domain/money/money.ts'
import type { Progress } from '../../domain/payments/payment.ts'
import type { MockCheckout } from '../../ports/mock-checkouts.port.ts'

export const mockPagePolicy =
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
.state b{display:block}.state.go{border-color:var(--go)}.state.stop{border-color:var(--stop)}.state.wait{border-color:var(--wait)}
button{display:block;width:100%;margin-top:.6rem;padding:.75rem 1rem;border-radius:9px;border:1px solid var(--rule);background:transparent;color:inherit;font:inherit;font-weight:600;text-align:left;cursor:pointer}
button small{display:block;font-weight:400;color:var(--faint)}
button:hover{border-color:var(--faint)}button:focus-visible{outline:3px solid var(--go);outline-offset:2px}
button.go{background:#0b6e4f;border-color:#0b6e4f;color:#fff}button.go small{color:#d9efe6}
footer{margin-top:1.25rem;padding-top:1rem;border-top:1px solid var(--rule);font-size:.85rem;color:var(--faint)}`

interface Shown {
  readonly tone: '' | 'go' | 'stop' | 'wait'
  readonly title: string
  readonly text: string
}

const states: Readonly<Record<Progress, Shown>> = {
  created: { tone: '', title: 'Not paid yet', text: 'Choose how this payment is to end.' },
  'needs-action': { tone: 'wait', title: 'Waiting for you', text: 'Your bank asks for more. Pay or decline to go on.' },
  processing: { tone: 'wait', title: 'Under way', text: 'This takes a moment.' },
  failed: { tone: 'stop', title: 'Declined', text: 'Nothing was charged. You may try again.' },
  succeeded: { tone: 'go', title: 'Paid', text: 'Thank you. You may close this page.' },
}

const choices = `<form method="post">
<button class="go" name="outcome" value="succeeded">Pay<small>The payment succeeds.</small></button>
<button name="outcome" value="needs-action">Ask for more<small>The bank wants another proof first.</small></button>
<button name="outcome" value="failed">Decline<small>The payment fails; it may be tried again.</small></button>
</form>`

export function mockPage({ description, amount, progress }: MockCheckout): string {
  const { tone, title, text } = states[progress]
  return pageOf(
    `Pay ${moneyText(amount)} ${amount.currency}`,
    `<h1>Payment without money</h1>
<p class="amount">${moneyText(amount)} <span>${amount.currency}</span></p>
<p class="what">${escaped(description)}</p>
<p class="state ${tone}" role="status"><b>${title}</b>${text}</p>
${progress === 'succeeded' ? '' : choices}`,
  )
}

/** For a link to no payment. */
export function mockPageOfNothing(): string {
  return pageOf(
    'No such payment',
    `<h1>Payment without money</h1>
<p class="state stop" role="alert"><b>There is no such payment</b>The link is incomplete or very old. Ask for a new one where you bought.</p>`,
  )
}

function pageOf(title: string, content: string): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>${escaped(title)}</title><style>${style}</style></head>
<body><main>${content}
<footer>This is the mock provider of Tradewire. No money moves, whatever you choose.</footer></main></body></html>
`
}
