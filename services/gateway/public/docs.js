/* Starts the API page. A log-in sent from the page is used for the requests that follow. */
const ui = window.SwaggerUIBundle({
  url: '/docs/openapi.json',
  dom_id: '#api',
  deepLinking: true,
  docExpansion: 'list',
  defaultModelsExpandDepth: 0,
  defaultModelRendering: 'example',
  displayRequestDuration: true,
  filter: true,
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
