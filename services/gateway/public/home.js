/* The landing page: shows the address it was loaded from in its examples, and whether the gateway is ready. */
const origin = window.location.origin
document.querySelector('#login').textContent =
  `curl -s ${origin}/v1/auth/login -H 'content-type: application/json' \\\n  -d '{"username": "operator", "password": "..."}'`
document.querySelector('#stream').textContent = `curl -N ${origin}/v1/stream -H "authorization: Bearer $TOKEN"`
document.querySelector('#alerts').textContent = `POST ${origin}/v1/webhook/strategy`

const state = document.querySelector('#state')
const text = document.querySelector('#state-text')

function show(kind, words) {
  state.dataset.kind = kind
  text.textContent = words
}

async function look() {
  try {
    const reply = await fetch('/health/ready', { cache: 'no-store' })
    const { reasons } = await reply.json()
    const missing = Object.keys(reasons ?? {})
    if (reply.ok) show('ready', 'ready')
    else show('degraded', `not ready: ${missing.join(', ')}`)
  } catch {
    show('down', 'no answer')
  }
}

void look()
setInterval(look, 5000)
