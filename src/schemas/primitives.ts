import * as z from 'zod';
import { jsonObject, textProblem } from './json.js';

/** Longest text that is indexed: names, tags, models, metrics, optimizer types. The database checks the same. */
export const MAX_NAME_LENGTH = 200;
/** Longest free text: notes, error messages and stacks, feedback. */
export const MAX_TEXT_LENGTH = 1_000_000;
/** Largest score either way; the bounds keep every derived figure inside a double. */
export const MAX_SCORE = 1e100;

const storable = (text: string, context: z.core.$RefinementCtx<string>) => {
  const problem = textProblem(text);
  if (problem !== null) context.addIssue({ code: 'custom', message: problem });
};

/** A short text that is indexed: 1 to 200 characters. */
export const NameSchema = z
  .string()
  .min(1, 'must not be empty')
  .max(MAX_NAME_LENGTH, `must have at most ${MAX_NAME_LENGTH} characters`)
  .superRefine(storable);

/** An id of a project: a name that a URL can hold as a segment of its path. */
export const ProjectIdSchema = NameSchema.refine((id) => id !== '.' && id !== '..', 'must not be . or .., which no URL can hold');

/** Free text of up to a million characters. */
export const TextSchema = z.string().max(MAX_TEXT_LENGTH, `must have at most ${MAX_TEXT_LENGTH} characters`).superRefine(storable);

/** An id: any UUID; Optrail makes version 7. */
export const IdSchema = z.guid('must be a UUID').transform((id) => id.toLowerCase());

/** Any finite number within ±1e100. 0 is a score; NaN and infinities are refused. */
export const ScoreSchema = z
  .number('must be a finite number; NaN and infinities are no score')
  .min(-MAX_SCORE, `must lie within ±${MAX_SCORE}`)
  .max(MAX_SCORE, `must lie within ±${MAX_SCORE}`);

/** Further objectives by name. Not a z.record, which would lose a name like `__proto__`. */
export const ScoresSchema = jsonObject<Readonly<Record<string, number>>>().transform((scores, context) => {
  for (const [name, score] of Object.entries(scores)) {
    const issues = [...(NameSchema.safeParse(name).error?.issues ?? []), ...(ScoreSchema.safeParse(score).error?.issues ?? [])];
    for (const { message } of issues) context.addIssue({ code: 'custom', path: [name], message });
  }
  return scores as Record<string, number>;
});

/** A number of an iteration: 0 to 2^31-1, counted by the recorder. */
export const IterationNumberSchema = z.int().min(0).max(2_147_483_647);

/** A count from 0 to 2^31-1. */
export const CountSchema = z.int().min(0).max(2_147_483_647);

/** Tokens: 0 to 2^53-1. */
export const TokensSchema = z.int().min(0);

/** US dollars, 0 or more, kept to ten decimal places. */
export const CostSchema = z.number().min(0).max(1e9);

/** Milliseconds, 0 or more (a client's clock may be wrong, a duration may not be negative). */
export const MillisecondsSchema = z.number().min(0).max(1e12);

/** A point in time between the years 1 and 9999: a Date, or ISO 8601 text with its offset; kept as ISO text in UTC. */
export const TimeSchema = z
  .union([
    z.date('must be a valid date'),
    z.iso.datetime({ offset: true, message: 'must be ISO 8601 with an offset, like 2026-01-31T12:00:00Z' }),
  ])
  .transform((time, context) => {
    const date = new Date(time);
    const year = date.getUTCFullYear();
    if (year >= 1 && year <= 9999) return date.toISOString();
    context.addIssue({ code: 'custom', message: 'must lie between the years 1 and 9999' });
    return z.NEVER;
  });

/** Distinct labels in the order given, at most 100. */
export const TagsSchema = z
  .array(NameSchema)
  .max(100, 'must have at most 100 tags')
  .readonly()
  .transform((tags) => [...new Set(tags)]);
