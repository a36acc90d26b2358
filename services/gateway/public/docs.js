/* Starts the API page. A log-in sent from the page is used for the requests that follow. */

/* The whole API, or one surface of it by `?surface=`. */
const surface = new URLSearchParams(window.location.search).get('surface')
const file = ['admin', 'marketplace'].includes(surface) ? `openapi.${surface}.json` : 'openapi.json'
const link = document.querySelector('.bar .document')
link.textContent = file
link.href = `/docs/${file}`
for (const one of document.querySelectorAll('.bar nav a'))
  if (one.search === window.location.search && one.pathname === '/docs') one.ariaCurrent = 'page'

/* The page's own search knows sections alone: this one looks at paths, names and summaries as well. */
const search = () => ({
  fn: {
    opsFilter(sections, phrase) {
      const wanted = phrase.trim().toLowerCase()
      const fits = (text) => text.toLowerCase().includes(wanted)
      const isMeant = (one) =>
        fits(`${one.get('method')} ${one.get('path')}`) ||
        ['operationId', 'summary'].some((field) => fits(one.getIn(['operation', field], '')))
      const narrowed = sections.map((section, name) =>
        fits(name) ? section : section.update('operations', (all) => all.filter(isMeant)),
      )
      return narrowed.filter((section) => section.get('operations').size > 0)
    },
  },
})

const ui = window.SwaggerUIBundle({
  url: `/docs/${file}`,
  dom_id: '#api',
  deepLinking: true,
  docExpansion: 'list',
  defaultModelsExpandDepth: 0,
  defaultModelRendering: 'example',
  displayRequestDuration: true,
  filter: true,
  plugins: [search],
  onComplete() {
    const field = document.querySelector('.operation-filter-input')
    if (field !== null) field.placeholder = 'Search paths, names and summaries'
  },
  syntaxHighlight: { theme: 'nord' },
  tryItOutEnabled: false,
  validatorUrl: null,
  responseInterceptor(reply) {
    const path = new URL(reply.url, window.location.origin).pathname
    const issued = reply.ok && (path === '/v1/auth/login' || path === '/v1/auth/refresh')
    const token = issued ? reply.body?.accessToken : undefined
    if (token !== undefined) ui.preauthorizeApiKey('bearer', token)
    return reply
  },
})
window.ui = ui
