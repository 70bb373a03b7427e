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

/** The prompts of DSPy's saved program: of each predictor its instructions, its fields and its demos. Null where it is none. */
export function dspyParts(program: unknown): readonly PromptPart[] | null {
  const parts = dspyPredictors(program).map(([name, { signature, demos }]): PromptPart => {
    const fields = objects(signature.fields).map(fieldOf);
    const listsFields = fields.some(({ description }) => description !== '');
    return { kind: 'prompt', name, text: signature.instructions, demos: shown(demos), fields, listsFields };
  });
  return parts.length === 0 ? null : parts;
}

function isPredictor(value: unknown): value is Predictor {
  const { signature } = (value ?? {}) as { signature?: { instructions?: unknown } | null };
  return typeof signature?.instructions === 'string';
}

/** DSPy describes a field that nobody described as `${name}`, which says nothing. */
function fieldOf({ prefix, description }: Fields): PromptField {
  const name = typeof prefix === 'string' ? prefix.replace(/:$/, '') : '';
  const said = typeof description === 'string' ? description : '';
  return { name, description: said.toLowerCase() === `\${${name.toLowerCase().replaceAll(' ', '_')}}` ? '' : said };
}

/** `augmented` is DSPy's mark of a demo that it made itself, and never stands in a prompt. */
function shown(demos: unknown): readonly unknown[] {
  if (!Array.isArray(demos)) return [];
  return demos.map((demo: unknown) => {
    if (typeof demo !== 'object' || demo === null || Array.isArray(demo)) return demo;
    const { augmented: _mark, ...content } = demo as Fields;
    return content;
  });
}

function objects(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === 'object' && each !== null) : [];
}
