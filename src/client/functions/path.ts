import { OptrailError } from '../../errors.js';
import type { Endpoint } from './operation.js';

/** The path of a route with values in place of its parameters, each percent-encoded. */
export function pathTo({ path }: Pick<Endpoint, 'path'>, values: Readonly<Record<string, unknown>> = {}): string {
  return path.replaceAll(/:(\w+)/g, (_, name: string) => segment(String(values[name])));
}

/** The names of a path's parameters, in order. */
export function parametersIn({ path }: Pick<Endpoint, 'path'>): string[] {
  return [...path.matchAll(/:(\w+)/g)].map(([, name = '']) => name);
}

/** The parameters of a request's path if the route's method and path fit, or null. */
export function matchPath(endpoint: Endpoint, method: string, path: string): Record<string, string> | null {
  if (endpoint.method !== method) return null;
  const [template, given] = [endpoint.path.split('/'), path.split('/')];
  if (template.length !== given.length) return null;
  const values: Record<string, string> = {};
  for (const [index, part] of template.entries()) {
    const text = given[index] ?? '';
    if (part.startsWith(':')) values[part.slice(1)] = decodeURIComponent(text);
    else if (part !== text) return null;
  }
  return values;
}

function segment(value: string): string {
  if (value !== '.' && value !== '..') return encodeURIComponent(value);
  throw new OptrailError('invalid_input', `${JSON.stringify(value)} cannot be part of a URL.`, {
    hint: 'Rename the project or the user: over HTTP that id cannot be used.',
  });
}
