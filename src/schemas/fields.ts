import * as z from 'zod';
import { JsonObjectSchema, JsonValueSchema, jsonCopy, textProblem } from './json.js';
import {
  CostSchema,
  IterationNumberSchema,
  MAX_NAME_LENGTH,
  MAX_SCORE,
  MAX_TEXT_LENGTH,
  MillisecondsSchema,
  NameSchema,
  ScoreSchema,
  ScoresSchema,
  TextSchema,
  TimeSchema,
} from './primitives.js';

/**
 * How the recorder takes a field from a caller: `json` and `object` are copied and masked, `text` is masked, the others are checked for
 * their form.
 */
export type FieldIntake = 'json' | 'object' | 'text' | 'score' | 'scores' | 'list' | 'time' | 'plain';

/** A field of iterations or samples: its forms on the way in and out, its limit, its column. */
export interface Field<Create extends z.ZodType | undefined = z.ZodType | undefined, Read extends z.ZodType = z.ZodType> {
  /** The form that callers write; undefined if the database alone sets the field. */
  create: Create;
  /** The form that reads give. */
  read: Read;
  intake: FieldIntake;
  /** Most characters of a text. */
  limit?: number;
  /** Type of the column as a parameter of the batch recording; undefined for content that is stored by hash. */
  column?: string;
  /** Whether null is a value that callers may write. */
  nullable?: true;
  /** The copy of a value that needs no schema; undefined if the schema has to look. */
  plain?(value: unknown): unknown;
}

type Fields = Readonly<Record<string, Field>>;

const isWithin = (value: unknown, least: number, most: number) => typeof value === 'number' && value >= least && value <= most;
const plainNumber = (most: number) => (value: unknown) => (isWithin(value, 0, most) ? value : undefined);
const plainCount = (most: number) => (value: unknown) => (isWithin(value, 0, most) && Number.isInteger(value) ? value : undefined);
const plainScore = (value: unknown) => (isWithin(value, -MAX_SCORE, MAX_SCORE) ? value : undefined);
/** Printable ASCII: it holds neither NUL nor half of a surrogate pair. */
const PLAIN_NAME = new RegExp(`^[ -~]{1,${MAX_NAME_LENGTH}}$`);
const plainName = (value: unknown) => (typeof value === 'string' && PLAIN_NAME.test(value) ? value : undefined);
const plainText = (value: unknown) =>
  typeof value === 'string' && value.length <= MAX_TEXT_LENGTH && textProblem(value) === null ? value : undefined;
const plainObject = (value: unknown) =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? jsonCopy(value) : undefined;

function plainScores(value: unknown): unknown {
  const copy = plainObject(value);
  if (typeof copy !== 'object' || copy === null) return undefined;
  return Object.entries(copy).every(([name, score]) => plainName(name) !== undefined && plainScore(score) !== undefined) ? copy : undefined;
}

const NUMBER = z.number().nullable();
const TEXT = z.string().nullable();

/** The kinds of fields. Each gives its schemas as fresh literals, so that the types of a table are those of its schemas. */
export const field = {
  json: () => ({ create: JsonValueSchema.optional(), read: z.json().nullable(), intake: 'json', plain: jsonCopy }) as const,
  score: () =>
    ({
      create: ScoreSchema.nullish(),
      read: NUMBER,
      intake: 'score',
      column: 'double precision[]',
      nullable: true,
      plain: plainScore,
    }) as const,
  scores: () =>
    ({
      create: ScoresSchema.nullish(),
      read: z.record(z.string(), z.number()).nullable(),
      intake: 'scores',
      column: 'jsonb',
      nullable: true,
      plain: plainScores,
    }) as const,
  /** A JSON object that is empty unless given. */
  object: () =>
    ({ create: JsonObjectSchema.optional(), read: z.record(z.string(), z.json()), intake: 'object', plain: plainObject }) as const,
  /** A JSON object that is null unless given. */
  objectOrNull: () =>
    ({
      create: JsonObjectSchema.nullish(),
      read: z.record(z.string(), z.json()).nullable(),
      intake: 'object',
      column: 'jsonb',
      nullable: true,
      plain: plainObject,
    }) as const,
  /** Free text. */
  text: () =>
    ({
      create: TextSchema.nullish(),
      read: TEXT,
      intake: 'text',
      limit: MAX_TEXT_LENGTH,
      column: 'text[]',
      nullable: true,
      plain: plainText,
    }) as const,
  /** A short text that is indexed. `label` is one that a mask is not asked about. */
  name: (intake: 'text' | 'plain') =>
    ({
      create: NameSchema.nullish(),
      read: TEXT,
      intake,
      limit: MAX_NAME_LENGTH,
      column: 'text[]',
      nullable: true,
      plain: plainName,
    }) as const,
  milliseconds: () =>
    ({
      create: MillisecondsSchema.nullish(),
      read: NUMBER,
      intake: 'plain',
      column: 'double precision[]',
      nullable: true,
      plain: plainNumber(1e12),
    }) as const,
  dollars: () =>
    ({
      create: CostSchema.nullish(),
      read: NUMBER,
      intake: 'plain',
      column: 'numeric[]',
      nullable: true,
      plain: plainNumber(1e9),
    }) as const,
  /** A count that a schema with its own upper limit holds. */
  count: <S extends z.ZodType>(schema: S, most: number) =>
    ({ create: schema, read: NUMBER, intake: 'plain', column: 'integer[]', nullable: true, plain: plainCount(most) }) as const,
  flagOrNull: () =>
    ({
      create: z.boolean().nullish(),
      read: z.boolean().nullable(),
      intake: 'plain',
      column: 'boolean[]',
      nullable: true,
      plain: (value: unknown) => (typeof value === 'boolean' ? value : undefined),
    }) as const,
  flag: () => ({ create: z.boolean().optional(), read: z.boolean(), intake: 'plain' }) as const,
  time: () => ({ create: TimeSchema.nullish(), read: TEXT, intake: 'time' }) as const,
  iterations: () =>
    ({
      create: z.array(IterationNumberSchema).max(100).readonly().optional(),
      read: z.array(z.number()),
      intake: 'list',
    }) as const,
  choice: <S extends z.ZodType>(schema: S) => ({ create: schema.optional() as z.ZodOptional<S>, read: schema, intake: 'plain' }) as const,
  choiceOrNull: <S extends z.ZodType>(schema: S) =>
    ({
      create: schema.nullish() as z.ZodOptional<z.ZodNullable<S>>,
      read: schema.nullable() as z.ZodNullable<S>,
      intake: 'plain',
    }) as const,
  /** A field that the database derives from others. */
  derived: <S extends z.ZodType>(read: S) => ({ create: undefined, read, intake: 'plain' }) as const,
};

type CreateShape<F> = { [K in keyof F as F[K] extends { create: z.ZodType } ? K : never]: F[K] extends { create: infer S } ? S : never };
type ReadShape<F> = { [K in keyof F]: F[K] extends { read: infer S } ? S : never };

/** The fields of a table as callers write them. */
export function createShape<F extends Fields>(fields: F): CreateShape<F> {
  const given = Object.entries(fields).filter(([, { create }]) => create !== undefined);
  return Object.fromEntries(given.map(([name, { create }]) => [name, create])) as CreateShape<F>;
}

/** The fields of a table as reads give them. */
export function readShape<F extends Fields>(fields: F): ReadShape<F> {
  return Object.fromEntries(Object.entries(fields).map(([name, { read }]) => [name, read])) as ReadShape<F>;
}

/** The kinds of intake of a table's fields, without those that the database derives. */
export function intakeOf(fields: Fields): Record<string, FieldIntake> {
  return Object.fromEntries(Object.entries(fields).flatMap(([name, { create, intake }]) => (create === undefined ? [] : [[name, intake]])));
}
