import { html, raw } from 'hono/html';
import { ENDPOINTS } from '../../client/functions/endpoints.js';
import { ERROR_CODES, OptrailError } from '../../errors.js';
import { problemOf, statusOf } from '../http/problem.js';
import type { OpenApiDocument } from '../openapi-types.js';
import { operationSection } from './operation.js';
import { STYLE } from './style.js';

type Html = ReturnType<typeof html>;

const EXAMPLE = new OptrailError('invalid_input', 'samples[3].score: must be a finite number; NaN and infinities are no score', {
  issues: [{ path: 'samples[3].score', message: 'must be a finite number; NaN and infinities are no score' }],
  hint: 'Nothing was stored.',
});

/** The document as a page that stands by itself: no script, nothing from elsewhere, light or dark as the reader's system is. */
export function docsPage(document: OpenApiDocument): string {
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation, tag: operation.tags[0] ?? '' })),
  );
  const groups = document.tags
    .map(({ name, description }) => ({ name, description, all: operations.filter(({ tag }) => tag === name) }))
    .filter(({ all }) => all.length > 0);
  return String(html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${document.info.title} API ${document.info.version}</title>
<style>${raw(STYLE)}</style>
</head>
<body>
<a class="skip" href="#top">Skip to the content</a>
<nav aria-label="Operations">
<p><a href="#top"><strong>${document.info.title}</strong> ${document.info.version}</a></p>
${groups.map(
  ({ name, all }) => html`<h2>${name}</h2>
<ul>${all.map(({ path, method, operation }) => html`<li><a href="#${operation.operationId}"><code class="method">${method.toUpperCase()}</code> ${path}</a></li>`)}</ul>`,
)}
<h2>Errors</h2>
<ul><li><a href="#errors">Codes</a></li></ul>
</nav>
<main id="top">
<h1>${document.info.title} API</h1>
<p>${document.info.description}</p>
<p>The same as a document for programs: <a href="${document.servers[0]?.url.replace(/\/$/, '')}${ENDPOINTS.openApi.path}">OpenAPI ${document.openapi}</a>.</p>
${groups.map(
  ({ name, description, all }) => html`<section aria-labelledby="tag-${name}">
<h2 id="tag-${name}">${name}</h2>
<p>${description}</p>
${all.map(({ path, method, operation }) => operationSection(document, path, method, operation))}
</section>`,
)}
${errorsSection()}
</main>
</body>
</html>`);
}

function errorsSection(): Html {
  return html`<section aria-labelledby="errors">
<h2 id="errors">Errors</h2>
<p>Every error is <code>application/problem+json</code> (RFC 9457) with one of these codes:</p>
<figure><pre tabindex="0"><code>${JSON.stringify(problemOf(EXAMPLE), null, 2)}</code></pre></figure>
<p>A <code>pointer</code> leads into the body, or to a parameter of the path or the query by its name.</p>
<dl>${Object.entries(ERROR_CODES).map(
    ([
      code,
      meaning,
    ]) => html`<dt id="error-${code}"><code>${code}</code> <span class="status">${statusOf(code as keyof typeof ERROR_CODES)}</span></dt>
<dd>${meaning}</dd>`,
  )}</dl>
</section>`;
}
