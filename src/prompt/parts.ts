import { conversation } from './conversation.js';
import { dspyParts, isDspyPredictor } from './dspy.js';
import { holdsText } from './holds-text.js';
import type { PromptPart } from './part.js';

type Fields = Readonly<Record<string, unknown>>;

/** Keys under which libraries keep the prompt itself. A prompt that is alone needs no title. */
const PROMPT_KEYS = ['instruction', 'instructions', 'prompt', 'system', 'system_prompt', 'systemPrompt', 'template', 'text'];
const DEMO_KEYS = ['demos', 'demonstrations', 'examples', 'few_shot'];

/**
 * The prompts of a program: the shapes of Ax, DSPy and GEPA, a conversation, texts with their demonstrations, or one text. No string
 * of the program is left out: texts stand under their names, and other structure that holds text is a part as JSON.
 * Null if the shape is none of these, or if the program holds no text.
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
  return evolved(fields) ?? saved(fields) ?? texts(fields);
}

/** Ax's candidate: texts by component, the demonstrations and the signature of each program beside them. */
function evolved({ componentMap, demos, programs, ...others }: Fields): readonly PromptPart[] | null {
  if (typeof componentMap !== 'object' || componentMap === null) return null;
  const signatures = objects(programs).filter(({ id, signature }) => typeof id === 'string' && typeof signature === 'string');
  const signatureOf = (key: string) => signatures.find(({ id }) => key.startsWith(`${String(id)}::`))?.signature as string | undefined;
  const components = Object.entries(componentMap as Fields).flatMap(([key, value]) =>
    typeof value === 'string' ? (value === '' ? [] : [part(key, value, [], signatureOf(key))]) : structure(key, value),
  );
  const shown = objects(demos).map(({ programId, traces }) => part(String(programId), '', Array.isArray(traces) ? traces : []));
  return [...components, ...shown, ...rest(others)];
}

/** A saved DSPy program; what stands beside its predictors and its `metadata` is shown too. */
function saved(fields: Fields): readonly PromptPart[] | null {
  const parts = dspyParts(fields);
  if (parts.length === 0) return null;
  if (isDspyPredictor(fields)) return parts;
  const others = Object.entries(fields).filter(([key, value]) => key !== 'metadata' && !isDspyPredictor(value));
  return [...parts, ...rest(Object.fromEntries(others))];
}

/** Texts by their names, GEPA's candidate included, with messages, demonstrations and structure in the recorded order. */
function texts(fields: Fields): readonly PromptPart[] | null {
  const messages = conversation(fields.messages);
  const { messages: _read, ...unread } = fields;
  const others = messages === null ? fields : unread;
  const named = Object.entries(others).filter(([, value]) => typeof value === 'string' && value !== '');
  const isCandidate = Object.values(fields).every((value) => typeof value === 'string');
  if (messages === null && !isCandidate && !named.some(([key]) => PROMPT_KEYS.includes(key))) return null;

  const parts = rest(others);
  const [only, second] = parts.filter(({ text }) => text !== '');
  if (only === undefined || second !== undefined || messages !== null) return [...(messages ?? []), ...parts];
  const demos = parts.filter(({ text }) => text === '');
  const name = only.name !== null && PROMPT_KEYS.includes(only.name) ? null : only.name;
  if (demos.length > 1) return [{ ...only, name }, ...demos];
  return [{ ...only, name, demos: demos[0]?.demos ?? [] }];
}

/** Every member that holds text: texts and lists of demonstrations under their names, other structure as JSON. */
function rest(fields: Fields): PromptPart[] {
  return Object.entries(fields).flatMap(([key, value]) => {
    if (typeof value === 'string') return value === '' ? [] : [part(key, value)];
    if (DEMO_KEYS.includes(key) && Array.isArray(value)) return value.length === 0 ? [] : [part(key, '', value)];
    return structure(key, value);
  });
}

function structure(key: string, value: unknown): PromptPart[] {
  return holdsText(value) ? [{ ...part(key, JSON.stringify(value, null, 2)), kind: 'structure' }] : [];
}

function part(name: string | null, text: string, demos: readonly unknown[] = [], signature: string | null = null): PromptPart {
  return { kind: 'prompt', name, text, fields: [], demos, signature };
}

function objects(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === 'object' && each !== null) : [];
}
