/** The hosted page of the simulated Stripe, as HTML: the payer chooses a test card. Called by its routes. Must never show anything unescaped, nor load anything from elsewhere. */
import type { CheckoutSession } from './stripe-objects.wire.ts'

export const stripePagePolicy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'"

/** How the last try ended. */
export type PageState = 'new' | 'asked' | { readonly declined: string }

const zeroDecimal = new Set([
  'bif',
  'clp',
  'djf',
  'gnf',
  'jpy',
  'kmf',
  'krw',
  'mga',
  'pyg',
  'rwf',
  'vnd',
  'vuv',
  'xaf',
  'xof',
  'xpf',
])
const threeDecimal = new Set(['bhd', 'jod', 'kwd', 'omr', 'tnd'])

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
*{box-sizing:border-box}
body{margin:0;min-height:100vh;display:grid;place-items:center;padding:1.25rem;background:#f6f8fb;color:#1a1f36;font:16px/1.5 system-ui,sans-serif}
main{width:100%;max-width:26rem;background:#fff;border:1px solid #e3e8ee;border-radius:12px;padding:1.5rem;box-shadow:0 6px 24px #0f172a14}
.mark{display:inline-block;margin:0 0 1rem;padding:.1rem .55rem;border-radius:6px;background:#fff2c8;color:#6b4e00;font-size:.75rem;font-weight:700;letter-spacing:.04em}
h1{margin:0;font-size:1rem;font-weight:500;color:#525f7f;overflow-wrap:anywhere}
.amount{margin:.25rem 0 1.25rem;font-size:2.1rem;font-weight:700;line-height:1.15;overflow-wrap:anywhere}
.amount small{display:block;font-size:.95rem;font-weight:500;line-height:1.4;color:#525f7f}
.state{margin:0 0 1rem;padding:.65rem .85rem;border-radius:8px;background:#fdecea;color:#8a1f11}.state.ask{background:#eef2ff;color:#27348b}h1+.state{margin-top:.75rem}
button,a.back{display:block;width:100%;margin-top:.55rem;padding:.75rem 1rem;border-radius:8px;border:1px solid #d5dbe5;background:#fff;color:inherit;font:inherit;font-weight:600;text-align:left;text-decoration:none;cursor:pointer}
button small{display:block;font-weight:400;color:#525f7f}
button.go{background:#4338ca;border-color:#4338ca;color:#fff}button.go small{color:#dcd9ff}
button:focus-visible,a:focus-visible{outline:3px solid #4338ca;outline-offset:2px}
a.back{border:0;padding:.75rem 0 0;color:#525f7f;font-weight:500}`

interface Choice {
  readonly card: string
  readonly title: string
  readonly text: string
}

const choices: readonly Choice[] = [
  { card: 'pm_card_visa', title: '4242 4242 4242 4242', text: 'The card is charged.' },
  {
    card: 'pm_card_authenticationRequired',
    title: '4000 0025 0000 3155',
    text: 'The bank asks for another proof first.',
  },
  { card: 'pm_card_chargeDeclined', title: '4000 0000 0000 0002', text: 'The card is declined.' },
  {
    card: 'pm_card_chargeDeclinedInsufficientFunds',
    title: '4000 0000 0000 9995',
    text: 'There is not enough on the card.',
  },
]

export function stripePage(session: CheckoutSession, description: string, state: PageState): string {
  const { amount_total: amount, currency, mode, cancel_url: cancelUrl } = session
  const often = mode === 'payment' ? '' : amount === 0 ? 'today, then as it costs' : 'now, and then each period'
  return pageOf(
    `<h1>${escaped(description)}</h1><p class="amount">${amountText(amount, currency)} ${escaped(currency.toUpperCase())}<small>${often}</small></p>
${noteOf(state)}${formOf(state)}
${cancelUrl === null ? '' : `<a class="back" href="${escaped(cancelUrl)}">← Back without paying</a>`}`,
  )
}

/** For one that was paid, that has expired, or that never was. */
export function closedStripePage(status: CheckoutSession['status'] | 'unknown'): string {
  const said = { complete: 'This was paid already.', expired: 'This page has expired. Nothing was charged.' } as const
  const text = status === 'complete' || status === 'expired' ? said[status] : 'There is no such page.'
  return pageOf(`<h1>Nothing to pay here</h1><p class="state ask" role="status">${text}</p>`)
}

function noteOf(state: PageState): string {
  if (state === 'new') return ''
  if (state === 'asked') return '<p class="state ask" role="status">Your bank asks whether it is you.</p>'
  return `<p class="state" role="alert">${escaped(state.declined)} Nothing was charged; choose another card.</p>`
}

function formOf(state: PageState): string {
  const asked = [
    `<button class="go" name="proof" value="passed">It is me<small>The bank lets the payment pass.</small></button>`,
    `<button name="proof" value="failed">It is not<small>The payment fails.</small></button>`,
  ]
  const cards = choices.map(
    ({ card, title, text }, index) =>
      `<button${index === 0 ? ' class="go"' : ''} name="card" value="${card}">${title}<small>${text}</small></button>`,
  )
  return `<form method="post">${(state === 'asked' ? asked : cards).join('\n')}</form>`
}

function amountText(minor: number, currency: string): string {
  const digits = zeroDecimal.has(currency) ? 0 : threeDecimal.has(currency) ? 3 : 2
  return (minor / 10 ** digits).toFixed(digits)
}

function pageOf(content: string): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>Checkout</title><style>${style}</style></head>
<body><main><p class="mark">SIMULATED STRIPE</p>${content}</main></body></html>
`
}
