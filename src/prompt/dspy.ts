import type { PromptField, PromptPart } from './part.js';

type Fields = Readonly<Record<string, unknown>>;

/** A predictor as DSPy's `dump_state()` writes it. */
interface Predictor {
  readonly signature: { readonly instructions: string; readonly fields?: unknown };
  readonly demos?: unknown;
}

/**
 * The predictors of DSPy's `dump_state()` by their names: `{ "<name>": { signature, demos, lm, traces, train } }`, or that of one
 * predictor itself, which is the whole program then and is named `self`, as DSPy does. Saved files have `metadata` beside them.
 * Empty where the program is none of DSPy's.
 */
export function dspyPredictors(program: unknown): [name: string, predictor: Predictor][] {
  if (isPredictor(program)) return [['self', program]];
  if (typeof program !== 'object' || program === null || Array.isArray(program)) return [];
  return Object.entries(program).filter((entry): entry is [string, Predictor] => isPredictor(entry[1]));
}

/** DSPy's saved program: for each predictor its instructions, the fields that say more than their name, and its demos. */
export function dspyParts(program: unknown): PromptPart[] {
  return dspyPredictors(program).map(([name, { signature, demos }]) => ({
    kind: 'prompt',
    name,
    text: signature.instructions,
    fields: described(signature.fields),
    demos: shown(demos),
    signature: null,
  }));
}

function isPredictor(value: unknown): value is Predictor {
  const { signature } = (value ?? {}) as { signature?: { instructions?: unknown } | null };
  return typeof signature?.instructions === 'string';
}

/** DSPy describes a field that nobody described as `${name}`; where all are such the list says nothing. */
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
  const plain = prefix.replace(/:$/, '').toLowerCase().replaceAll(' ', '_');
  return description === '' || description.toLowerCase() === `\${${plain}}`;
}

/** `augmented` is DSPy's mark of a demo that it made itself, and never stands in a prompt. */
function shown(demos: unknown): unknown[] {
  if (!Array.isArray(demos)) return [];
  return demos.map((demo: unknown) => {
    if (typeof demo !== 'object' || demo === null || Array.isArray(demo)) return demo;
    const { augmented: _mark, ...content } = demo as Fields;
    return content;
  });
}
