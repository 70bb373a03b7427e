import * as z from 'zod';
import * as schemas from '../../schemas/index.js';
import { BulkResultSchema } from '../http/bulk-result.js';
import { ProblemSchema } from '../http/problem.js';
import type { JsonSchema } from '../openapi-types.js';

/** Metadata of a schema: its name in the document, and facts that its type lacks. */
type Meta = { id?: string } & Partial<Pick<z.core.JSONSchema.BaseSchema, 'type' | 'additionalProperties' | 'description'>>;

const JSON_VALUE = 'JsonValue';

/** The schemas by their names in generated clients. */
const NAMED: Readonly<Record<string, z.ZodType>> = {
  ApiKey: schemas.ApiKeySchema,
  CreateApiKey: schemas.CreateApiKeySchema,
  CreateOptimizationRun: schemas.CreateOptimizationRunSchema,
  CreateProject: schemas.CreateProjectSchema,
  CreatedApiKey: schemas.CreatedApiKeySchema,
  BulkResult: BulkResultSchema,
  OptimizationAnalytics: schemas.OptimizationAnalyticsSchema,
  OptimizationCheckpoint: schemas.OptimizationCheckpointSchema,
  OptimizationIteration: schemas.OptimizationIterationSchema,
  OptimizationProject: schemas.OptimizationProjectSchema,
  OptimizationRun: schemas.OptimizationRunSchema,
  OptimizationRunSummary: schemas.OptimizationRunSummarySchema,
  OptimizationSample: schemas.OptimizationSampleSchema,
  Problem: ProblemSchema,
  ProjectMember: schemas.ProjectMemberSchema,
  RunCurve: schemas.RunCurveSchema,
  RunPage: schemas.RunPageSchema,
  RunProgram: schemas.RunProgramSchema,
  RunProgress: schemas.RunProgressSchema,
  SampleBatchResult: schemas.SampleBatchResultSchema,
  SampleMatrix: schemas.SampleMatrixSchema,
  SearchResult: schemas.SearchResultSchema,
  TopRun: schemas.TopRunSchema,
  TrailEvent: schemas.TrailEventSchema,
  UpdateOptimizationIteration: schemas.UpdateOptimizationIterationSchema,
  UpdateOptimizationRun: schemas.UpdateOptimizationRunSchema,
  UpdateProject: schemas.UpdateProjectSchema,
};

/**
 * The schemas of a document, made from Zod's: input schemas for requests, output schemas for answers. A named schema is a component and
 * referred to.
 */
export class Components {
  readonly schemas: Record<string, JsonSchema> = {
    [JSON_VALUE]: { description: 'Any JSON value, nested at most 64 deep.' },
  };
  readonly #registry = z.registry<Meta>();

  constructor(more: Readonly<Record<string, z.ZodType>>) {
    for (const [id, schema] of Object.entries({ ...NAMED, ...more })) this.#registry.add(schema, { id });
    // These schemas are functions, which have no type.
    this.#registry.add(schemas.JsonObjectSchema, { type: 'object' });
    this.#registry.add(schemas.OptimizationConfigSchema, { type: 'object' });
    this.#registry.add(schemas.ScoresSchema, { type: 'object', additionalProperties: { type: 'number' } });
  }

  /** The JSON Schema of a Zod schema; named ones become components. */
  of(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
    const { $defs = {}, ...made } = z.toJSONSchema(schema, {
      io,
      metadata: this.#registry,
      unrepresentable: 'any',
      override: asTime,
    }) as JsonSchema & { $defs?: Record<string, JsonSchema> };
    for (const [name, definition] of Object.entries($defs)) {
      if (!isJsonValue(name)) this.schemas[name] ??= tidy(definition, io) as JsonSchema;
    }
    const id = this.#registry.get(schema)?.id;
    if (id === undefined) return tidy(made, io) as JsonSchema;
    this.schemas[id] ??= tidy(made, io) as JsonSchema;
    return { $ref: refTo(id) };
  }
}

/** Times are text on the wire, though programs may pass a Date. */
function asTime({ zodSchema, jsonSchema }: { zodSchema: z.core.$ZodTypes; jsonSchema: z.core.JSONSchema.BaseSchema }): void {
  const { def } = zodSchema._zod;
  if (def.type !== 'union' || !def.options.some((option) => option._zod.def.type === 'date')) return;
  for (const key of Object.keys(jsonSchema)) delete jsonSchema[key];
  Object.assign(jsonSchema, { type: 'string', format: 'date-time' });
}

/** Zod gives the recursive schema of JSON values a new name at each use; all become one component. */
function isJsonValue(name: string): boolean {
  return name.startsWith('__schema');
}

function refTo(name: string): string {
  return `#/components/schemas/${isJsonValue(name) ? JSON_VALUE : name}`;
}

/**
 * Points references to the components, and drops facts without a meaning on the wire: names, read-only arrays, text keys. Answers may gain
 * fields in later versions.
 */
function tidy(value: unknown, io: 'input' | 'output'): unknown {
  if (Array.isArray(value)) return value.map((each) => tidy(each, io));
  if (typeof value !== 'object' || value === null) return value;
  const schema = value as JsonSchema;
  if (typeof schema.$ref === 'string') return { $ref: refTo(schema.$ref.replace('#/$defs/', '')) };
  const kept = Object.entries(schema).filter(([key, item]) => !isMark(key, item) && !(io === 'output' && isClosed(key, item)));
  return Object.fromEntries(kept.map(([key, item]) => [key, key === 'properties' ? tidyEach(item, io) : tidy(item, io)]));
}

/** Keywords whose keys are names of fields. */
function tidyEach(fields: unknown, io: 'input' | 'output'): unknown {
  return Object.fromEntries(Object.entries(fields as JsonSchema).map(([name, schema]) => [name, tidy(schema, io)]));
}

function isMark(key: string, value: unknown): boolean {
  const isName = key === '$schema' || (key === 'id' && typeof value === 'string');
  return isName || (key === 'readOnly' && value === true) || (key === 'propertyNames' && isText(value));
}

function isClosed(key: string, value: unknown): boolean {
  return key === 'additionalProperties' && value === false;
}

function isText(schema: unknown): boolean {
  return JSON.stringify(schema) === '{"type":"string"}';
}
