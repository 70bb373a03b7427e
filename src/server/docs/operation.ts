import { html } from 'hono/html';
import type { JsonSchema, Media, OpenApiDocument, Operation, Parameter, Response } from '../openapi-types.js';
import { fieldsOf, typeOf } from './schema.js';

type Html = ReturnType<typeof html>;

const WHO: Readonly<Record<string, string>> = {
  anybody: 'everyone',
  caller: 'every caller with a key or token',
  viewer: 'viewers of the project',
  editor: 'editors of the project',
  owner: 'owners of the project',
  local: 'the user of the server’s machine',
  scraper: 'the user of the server’s machine, and bearers of the metrics token',
};

/** One operation: parameters, answers and problems. */
export function operationSection(document: OpenApiDocument, path: string, method: string, operation: Operation): Html {
  const { operationId, summary, description, parameters, requestBody, responses } = operation;
  return html`<article aria-labelledby="${operationId}">
<h3 id="${operationId}"><a href="#${operationId}">${summary}</a></h3>
<p class="signature"><code class="method">${method.toUpperCase()}</code> <code>${path}</code></p>
${description === undefined ? '' : html`<p>${description}</p>`}
<p class="who">For ${WHO[operation['x-optrail-access']] ?? operation['x-optrail-access']}.</p>
${parameters.length === 0 ? '' : parametersTable(document, parameters)}
${requestBody === undefined ? '' : html`<h4>Body${requestBody.required ? '' : ' (may be left out)'}</h4>${contentOf(document, requestBody.content)}`}
${answersOf(document, responses)}
</article>`;
}

function parametersTable(document: OpenApiDocument, parameters: readonly Parameter[]): Html {
  return html`<h4>Parameters</h4>
<div class="wide"><table>
<thead><tr><th scope="col">Name</th><th scope="col">In</th><th scope="col">Type</th><th scope="col">Meaning</th></tr></thead>
<tbody>${parameters.map(
    ({ name, in: place, required, schema, content, description }) => html`<tr>
<th scope="row"><code>${name}</code>${required ? html` <span class="required">required</span>` : ''}</th>
<td>${place}</td>
<td><code>${content === undefined ? typeOf(document, schema ?? {}) : 'JSON'}</code></td>
<td>${description ?? ''}</td></tr>`,
  )}</tbody>
</table></div>`;
}

function answersOf(document: OpenApiDocument, responses: Operation['responses']): Html {
  const all = Object.entries(responses).map(([status, given]) => ({ status, response: resolved(document, given) }));
  const isError = ({ status }: { status: string }) => status >= '400';
  return html`<h4>Answers</h4>
${all.filter((each) => !isError(each)).map(({ status, response }) => answerOf(document, status, response))}
<h4>Errors</h4>
<ul class="errors">${all.filter(isError).map(({ status, response }) => html`<li><span class="status">${status}</span> ${codesOf(response)}</li>`)}</ul>`;
}

function answerOf(document: OpenApiDocument, status: string, { description, content }: Response): Html {
  const says = html`<span class="status">${status}</span> ${description}`;
  if (content === undefined) return html`<p>${says}</p>`;
  return html`<details open><summary>${says}</summary>${contentOf(document, content)}</details>`;
}

function resolved(document: OpenApiDocument, given: Response | { $ref: string }): Response {
  return '$ref' in given ? (document.components.responses[given.$ref.split('/').at(-1) ?? ''] as Response) : given;
}

/** The codes of a status, each linked to its meaning; other answers show their description. */
function codesOf({ description, content }: Response): Html | string {
  const examples = Object.values(content?.['application/problem+json']?.examples ?? {});
  const codes = new Set(examples.map(({ value }) => (value as { code: string }).code));
  return codes.size === 0 ? description : html`${[...codes].map((code) => html`<a href="#error-${code}"><code>${code}</code></a> `)}`;
}

function contentOf(document: OpenApiDocument, content: Readonly<Record<string, Media>>): Html {
  return html`${Object.entries(content).map(
    ([type, media]) => html`<p><code>${type}</code></p>
${fieldsTable(document, media.schema)}
${examplesOf(media).map(([name, example]) => html`<figure>${name === '' ? '' : html`<figcaption><code>${name}</code></figcaption>`}<pre tabindex="0"><code>${textOf(example)}</code></pre></figure>`)}`,
  )}`;
}

function fieldsTable(document: OpenApiDocument, schema: JsonSchema): Html | '' {
  const fields = fieldsOf(document, schema);
  if (fields.length === 0) return '';
  return html`<details><summary>Fields (${typeOf(document, schema)})</summary>
<div class="wide"><table>
<thead><tr><th scope="col">Name</th><th scope="col">Type</th><th scope="col">Meaning</th></tr></thead>
<tbody>${fields.map(
    ({ name, type, required, description }) =>
      html`<tr><th scope="row"><code>${name}</code>${required ? html` <span class="required">required</span>` : ''}</th><td><code>${type}</code></td><td>${description}</td></tr>`,
  )}</tbody>
</table></div></details>`;
}

function examplesOf({ example, examples }: Media): [string, unknown][] {
  if (examples !== undefined) return Object.entries(examples).map(([name, { value }]) => [name, value]);
  return example === undefined ? [] : [['', example]];
}

function textOf(example: unknown): string {
  return typeof example === 'string' ? example : JSON.stringify(example, null, 2);
}
