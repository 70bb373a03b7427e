import type { PromptField, PromptPart } from './part.js';

type Fields = Readonly<Record<string, unknown>>;

/** A predictor of DSPy's `dump_state()`, whichever version wrote it. */
interface Predictor {
  readonly signature?: { readonly instructions?: unknown; readonly fields?: unknown } | null;
  /** DSPy 2.5: the optimized signature, which stands in the prompt in place of `signature`. */
  readonly extended_signature?: { readonly instructions?: unknown; readonly fields?: unknown } | null;
  readonly demos?: unknown;
}

/**
 * The predictors of DSPy's `dump_state()` by their names: `{ "<name>": { signature, demos, lm, traces, train } }`, or one predictor
 * itself, which DSPy calls `self`. Saved files have `metadata` beside them. Empty if the program is not one of DSPy's.
 */
export function dspyPredictors(program: unknown): [name: string, predictor: Predictor][] {
  if (isDspyPredictor(program)) return [['self', program]];
  if (typeof program !== 'object' || program === null || Array.isArray(program)) return [];
  return Object.entries(program).filter((entry): entry is [string, Predictor] => isDspyPredictor(entry[1]));
}

/** DSPy's saved program: for each predictor its instructions, the fields that say more than their name, and its demos. */
export function dspyParts(program: unknown): PromptPart[] {
  return dspyPredictors(program).map(([name, predictor]) => {
    const { instructions, fields } = signatureOf(predictor);
    return {
      kind: 'prompt',
      name,
      text: String(instructions),
      fields: described(fields),
      demos: shown(predictor.demos, fields),
      signature: null,
    };
  });
}

/** Whether a value is a predictor as DSPy's `dump_state()` writes it. */
export function isDspyPredictor(value: unknown): value is Predictor {
  return typeof value === 'object' && value !== null && typeof signatureOf(value).instructions === 'string';
}

function signatureOf({ signature, extended_signature: extended }: Predictor): { instructions?: unknown; fields?: unknown } {
  return (typeof extended?.instructions === 'string' ? extended : signature) ?? {};
}

/** Fields with their descriptions. Empty if every description is DSPy's default, which is `${name}`. */
function described(fields: unknown): PromptField[] {
  if (!Array.isArray(fields)) return [];
  const all = fields.map((field: unknown): PromptField => {
    const { prefix, description } = (field ?? {}) as { prefix?: unknown; description?: unknown };
    const name = String(prefix ?? '').replace(/:$/, '');
    return { name, description: isDefault(prefix, description) ? '' : String(description ?? '') };
  });
  return all.some(({ description }) => description !== '') ? all : [];
}

function isDefault(prefix: unknown, description: unknown): boolean {
  if (typeof prefix !== 'string' || typeof description !== 'string') return true;
  return description === '' || description.toLowerCase() === `\${${fieldName(prefix)}}`;
}

/**
 * Demos as they stand in the prompt: in the order of the signature's fields, inputs before outputs, since JSON in the database keeps no
 * order. `augmented` marks a demo that DSPy made itself, and is not part of the prompt.
 */
function shown(demos: unknown, fields: unknown): unknown[] {
  if (!Array.isArray(demos)) return [];
  const order = Array.isArray(fields) ? fields.map((field: unknown) => fieldName((field as { prefix?: unknown } | null)?.prefix)) : [];
  const position = (key: string) => order.indexOf(key.toLowerCase());
  return demos.map((demo: unknown) => {
    if (typeof demo !== 'object' || demo === null || Array.isArray(demo)) return demo;
    const { augmented: _mark, ...content } = demo as Fields;
    const members = Object.entries(content);
    // A member that is not a field has no place among the others.
    if (members.some(([key]) => position(key) < 0)) return content;
    return Object.fromEntries(members.sort(([one], [other]) => position(one) - position(other)));
  });
}

/** A field's name, which DSPy makes its default prefix from: `Ticket Text:` is `ticket_text`. */
function fieldName(prefix: unknown): string {
  return typeof prefix === 'string' ? prefix.replace(/:$/, '').toLowerCase().replaceAll(' ', '_') : '';
}
