import { html } from 'hono/html';
import type { JsonSchema, Media, OpenApiDocument, Operation, Parameter, Response } from '../openapi/types.js';
import { fieldsOf, typeOf } from './schema.js';

type Html = ReturnType<typeof html>;

const WHO: Readonly<Record<string, string>> = {
  anybody: 'anybody',
  caller: 'anybody with a key or token',
  viewer: 'viewers of the project',
  editor: 'editors of the project',
  owner: 'owners of the project',
  local: 'the user of the server’s machine',
};

/** One operation: what it takes, what it answers, and what may be wrong. */
export function operationSection(document: OpenApiDocument, path: string, method: string, operation: Operation): Html {
  const { operationId, summary, description, parameters, requestBody, responses } = operation;
  return html`<article aria-labelledby="${operationId}">
<h3 id="${operationId}"><a href="#${operationId}">${summary}</a></h3>
<p class="signature"><code class="method">${method.toUpperCase()}</code> <code>${path}</code></p>
${description === undefined ? '' : html`<p>${description}</p>`}
<p class="who">For ${WHO[operation['x-optrail-access']] ?? operation['x-optrail-access']}.</p>
${parameters.length === 0 ? '' : parametersTable(document, parameters)}
${requestBody === undefined ? '' : html`<h4>Body${requestBody.required ? '' : ' (may be left out)'}</h4>${contentOf(document, requestBody.content)}`}
<h4>Answers</h4>
${Object.entries(responses).map(([status, response]) => responseOf(document, status, response))}
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

function responseOf(document: OpenApiDocument, status: string, given: Response | { $ref: string }): Html {
  const response = '$ref' in given ? (document.components.responses[given.$ref.split('/').at(-1) ?? ''] as Response) : given;
  const isError = status >= '400';
  return html`<details${isError ? '' : html` open`}>
<summary><span class="status">${status}</span> ${response.description}</summary>
${contentOf(document, response.content ?? {}, !isError)}
</details>`;
}

function contentOf(document: OpenApiDocument, content: Readonly<Record<string, Media>>, withFields = true): Html {
  return html`${Object.entries(content).map(
    ([type, media]) => html`<p><code>${type}</code></p>
${withFields ? fieldsTable(document, media.schema) : ''}
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
