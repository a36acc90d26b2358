/** The page of the mock provider, as HTML. Called by its route. Must never show anything unescaped. */
import { moneyText } from '../../domain/money.ts'
import type { MockCheckout } from '../../ports/mock-checkouts.port.ts'

export const mockPagePolicy =
  "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'"

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

const style =
  'body{font:16px/1.5 system-ui;max-width:26rem;margin:4rem auto;padding:0 1rem}' +
  'button{font:inherit;margin:.25rem .25rem 0 0;padding:.5rem 1rem}strong{font-size:1.5rem}'

export function mockPage({ description, amount, progress }: MockCheckout): string {
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Mock payment</title><style>${style}</style>
<h1>Mock payment</h1>
<p>${escaped(description)}<br><strong>${moneyText(amount)} ${amount.currency}</strong></p>
<p>This payment is <em>${progress}</em>. No money moves.</p>
<form method="post">
<button name="outcome" value="succeeded">Pay</button>
<button name="outcome" value="needs-action">Ask for more</button>
<button name="outcome" value="failed">Decline</button>
</form></html>
`
}
