/* The page behind mailed links: confirms a registration, sets a new password, or asks for the link to do so. */
const at = (id) => document.querySelector(`#${id}`)
const [purpose, token] = window.location.hash.slice(1).split('=')
/* The token leaves the address bar, and with it the history. */
history.replaceState(null, '', window.location.pathname)

function ask(title, lead, passwordLabel, autocomplete) {
  at('title').textContent = title
  at('lead').textContent = lead
  at('password-label').textContent = passwordLabel
  at('password').autocomplete = autocomplete
  at('email-row').hidden = true
  at('password-row').hidden = false
}

if (purpose === 'confirm') {
  ask('Confirm your registration', 'Enter the password you registered with.', 'Your password', 'current-password')
} else if (purpose === 'reset') {
  ask(
    'Choose a new password',
    'Twelve characters at least. All your sessions will end.',
    'New password',
    'new-password',
  )
}

function wish() {
  const password = at('password').value
  if (purpose === 'confirm') {
    const username = at('username').value.trim()
    return ['/v1/auth/register/confirm', { token, password, ...(username === '' ? {} : { username }) }]
  }
  if (purpose === 'reset') return ['/v1/auth/password/reset', { token, newPassword: password }]
  return ['/v1/auth/password/forgot', { email: at('email').value.trim() }]
}

const done = {
  confirm: 'Your account is open: you can log in now.',
  reset: 'Your new password is set: you can log in with it now.',
}

async function send(event) {
  event.preventDefault()
  const [path, body] = wish()
  at('answer').textContent = 'One moment…'
  try {
    const headers = { 'content-type': 'application/json' }
    const reply = await fetch(path, { method: 'POST', headers, body: JSON.stringify(body) })
    if (reply.ok) {
      at('form').hidden = true
      at('answer').textContent = done[purpose] ?? 'If the address has an account, an e-mail is on its way.'
      return
    }
    const { error } = await reply.json()
    at('answer').textContent = [error.message, ...Object.values(error.details ?? {}).flat()].join(' ')
    if (error.code === 'USERNAME_TAKEN') at('username-row').hidden = false
  } catch {
    at('answer').textContent = 'No answer. Try again in a moment.'
  }
}

at('form').addEventListener('submit', send)
