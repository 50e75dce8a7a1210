import type { OpenAPIV3_1 } from 'openapi-types'

const STYLE = `body{font:16px/1.5 system-ui,sans-serif;max-width:52rem;margin:2rem auto;padding:0 1rem;color:#1c1c1c}
@media(prefers-color-scheme:dark){body{background:#161616;color:#e4e4e4}pre{background:#242424!important}a{color:#8ab4ff}}
pre{background:#f3f3f3;padding:.75rem;overflow:auto;font-size:.85rem}summary{cursor:pointer;font-weight:600}
code{font-size:.95em}h3{margin-bottom:.2rem}`

/** A page of an OpenAPI document: plain HTML, without scripts and without anything from elsewhere. */
export function renderDocumentation(document: OpenAPIV3_1.Document): string {
  const { info, paths = {}, components } = document
  const operations = Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item ?? {}).map(([method, operation]) =>
      renderOperation(`${method.toUpperCase()} ${path}`, operation as OpenAPIV3_1.OperationObject),
    ),
  )
  const schemas = Object.entries(components?.schemas ?? {}).map(
    ([name, schema]) => `<h3 id="${escapeHtml(name)}">${escapeHtml(name)}</h3>${renderJson(schema)}`,
  )
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escapeHtml(info.title)} ${escapeHtml(info.version)}</title><style>${STYLE}</style>
<h1>${escapeHtml(info.title)} ${escapeHtml(info.version)}</h1><p>${escapeHtml(info.description ?? '')}</p>
<p>The same for programs: <a href="openapi.json">openapi.json</a>.</p>
<h2>Endpoints</h2>${operations.join('\n')}<h2>Schemas</h2>${schemas.join('\n')}</html>
`
}

function renderOperation(title: string, operation: OpenAPIV3_1.OperationObject): string {
  const { summary = '', description = '', parameters, requestBody, responses = {} } = operation
  const parts = [
    `<h3><code>${escapeHtml(title)}</code></h3><p>${escapeHtml(summary)}. ${escapeHtml(description)}</p>`,
    parameters === undefined ? '' : renderPart('Parameters', parameters),
    requestBody === undefined ? '' : renderPart('Request', requestBody),
    ...Object.entries(responses).map(([status, response]) => renderPart(`Answer ${status}`, response)),
  ]
  return `<section>${parts.join('')}</section>`
}

function renderPart(title: string, value: unknown): string {
  return `<details><summary>${escapeHtml(title)}</summary>${renderJson(value)}</details>`
}

/** JSON, with links to the schemas that it names. */
function renderJson(value: unknown): string {
  const json = escapeHtml(JSON.stringify(value, undefined, 2))
  return `<pre>${json.replace(/#\/components\/schemas\/(\w+)/g, '<a href="#$1">$1</a>')}</pre>`
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}
