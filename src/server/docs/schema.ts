import type { JsonSchema, OpenApiDocument } from '../openapi-types.js';

export interface Field {
  name: string;
  type: string;
  required: boolean;
  description: string;
}

/** The fields of an object, or of what a list or a line holds. */
export function fieldsOf(document: OpenApiDocument, schema: JsonSchema): Field[] {
  const { properties = {}, required = [] } = objectOf(document, schema) as {
    properties?: Record<string, JsonSchema>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, property]) => ({
    name,
    type: typeOf(document, property),
    required: required.includes(name),
    description: typeof property.description === 'string' ? property.description : '',
  }));
}

function objectOf(document: OpenApiDocument, schema: JsonSchema): JsonSchema {
  if (typeof schema.$ref === 'string') return objectOf(document, document.components.schemas[nameOf(schema.$ref)] ?? {});
  if (schema.contentSchema !== undefined) return objectOf(document, schema.contentSchema as JsonSchema);
  const items = (schema.properties as Record<string, JsonSchema> | undefined)?.data?.items;
  return items === undefined ? schema : objectOf(document, items as JsonSchema);
}

/** A type in a few words: `OptimizationRun`, `integer 0–100`, `string | null`, `a, b or c`. */
export function typeOf(document: OpenApiDocument, schema: JsonSchema): string {
  if (typeof schema.$ref === 'string') return nameOf(schema.$ref);
  if (schema.contentSchema !== undefined) return `${typeOf(document, schema.contentSchema as JsonSchema)} a line`;
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (Array.isArray(schema.enum)) return schema.enum.join(' | ');
  if (Array.isArray(schema.anyOf)) return [...new Set(schema.anyOf.map((each) => typeOf(document, each as JsonSchema)))].join(' | ');
  if (schema.type === 'array') return `${typeOf(document, (schema.items ?? {}) as JsonSchema)}[]`;
  const type = Array.isArray(schema.type) ? schema.type.join(' | ') : String(schema.type ?? 'any');
  return `${typeof schema.format === 'string' ? schema.format : type}${rangeOf(schema)}`;
}

function rangeOf({ minimum, maximum, default: usual }: JsonSchema): string {
  const range = minimum === undefined && maximum === undefined ? '' : ` ${minimum ?? ''}…${maximum ?? ''}`;
  return usual === undefined ? range : `${range} = ${JSON.stringify(usual)}`;
}

function nameOf(reference: string): string {
  return reference.split('/').at(-1) ?? '';
}
