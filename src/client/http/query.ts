import { OptrailError } from '../../errors.js';

/** Parameters of a URL; what is undefined is left out, and a list is a parameter a value. */
export type Query = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;

export function queryText(query: Query = {}): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const each of Array.isArray(value) ? value : [value]) if (each !== undefined) parameters.append(name, String(each));
  }
  return parameters.size === 0 ? '' : `?${parameters}`;
}

/** A path with values in it: ``at`/v1/projects/${projectId}` ``. */
export function at(texts: TemplateStringsArray, ...values: (string | number)[]): string {
  return texts.map((text, index) => text + (index < values.length ? segment(String(values[index])) : '')).join('');
}

function segment(value: string): string {
  if (value !== '.' && value !== '..') return encodeURIComponent(value);
  throw new OptrailError('invalid_input', `${JSON.stringify(value)} cannot stand in a URL.`, {
    hint: 'Over HTTP a project or a user cannot have that id. Rename it.',
  });
}
