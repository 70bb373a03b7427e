import { conversation } from './conversation.js';
import { dspyParts } from './dspy.js';
import type { PromptPart } from './part.js';

type Fields = Readonly<Record<string, unknown>>;

/** Where libraries keep the prompt itself, the usual place first. */
const PROMPT_KEYS = ['instruction', 'instructions', 'prompt', 'system', 'system_prompt', 'systemPrompt', 'template', 'text'];
const DEMO_KEYS = ['demos', 'demonstrations', 'examples', 'few_shot'];

/**
 * The prompts of a program: what Ax, DSPy and GEPA write, a conversation, an instruction with its demonstrations, or a text.
 * Null where its shape is none of these, or there is nothing to read in it.
 */
export function promptParts(program: unknown): readonly PromptPart[] | null {
  const parts = readable(program);
  return parts?.some(({ text, demos }) => text.trim() !== '' || demos.length > 0) ? parts : null;
}

function readable(program: unknown): readonly PromptPart[] | null {
  if (typeof program === 'string') return [part(null, program)];
  if (Array.isArray(program)) return conversation(program);
  if (typeof program !== 'object' || program === null) return null;
  const fields = program as Fields;
  return evolved(fields) ?? conversation(fields.messages) ?? single(fields) ?? some(dspyParts(fields)) ?? components(fields);
}

/** Ax's candidate: texts by component, the demonstrations and the signature of each program beside them. */
function evolved({ componentMap, demos, programs }: Fields): readonly PromptPart[] | null {
  if (typeof componentMap !== 'object' || componentMap === null) return null;
  const signatures = objects(programs).filter(({ id, signature }) => typeof id === 'string' && typeof signature === 'string');
  const signatureOf = (key: string) => signatures.find(({ id }) => key.startsWith(`${String(id)}::`))?.signature as string | undefined;
  const texts = Object.entries(componentMap as Fields)
    .filter((entry): entry is [string, string] => typeof entry[1] === 'string' && entry[1] !== '')
    .map(([key, text]) => part(key, text, [], signatureOf(key)));
  const shown = objects(demos).map(({ programId, traces }) => part(String(programId), '', Array.isArray(traces) ? traces : []));
  return [...texts, ...shown];
}

/** An instruction with its demonstrations. */
function single(fields: Fields): readonly PromptPart[] | null {
  const key = PROMPT_KEYS.find((each) => typeof fields[each] === 'string' && fields[each] !== '');
  return key === undefined ? null : [part(null, fields[key] as string, DEMO_KEYS.map((each) => fields[each]).find(Array.isArray))];
}

/** GEPA's candidate: texts by the name of their component, and nothing else. */
function components(fields: Fields): readonly PromptPart[] | null {
  const entries = Object.entries(fields);
  if (!entries.every((entry): entry is [string, string] => typeof entry[1] === 'string')) return null;
  return entries.filter(([, text]) => text !== '').map(([name, text]) => part(name, text));
}

function part(name: string | null, text: string, demos: readonly unknown[] = [], signature: string | null = null): PromptPart {
  return { kind: 'prompt', name, text, fields: [], demos, signature };
}

const some = (parts: readonly PromptPart[]) => (parts.length === 0 ? null : parts);

function objects(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === 'object' && each !== null) : [];
}
