import { demonstrations } from './demonstrations.js';
import type { PromptField, PromptPart } from './part.js';
import { promptParts } from './parts.js';

/** A program as text, and whether its shape was one that is known, so that nothing of it is missing. */
export interface ProgramText {
  readonly text: string;
  readonly known: boolean;
}

/**
 * What a person would paste: the text of a prompt, the instruction followed by its demonstrations, a conversation, or the
 * parts of a program of several prompts under their names. Knows what Ax, DSPy and GEPA write; anything else is shown as JSON.
 */
export function programText(program: unknown): ProgramText {
  const parts = promptParts(program);
  if (parts === null) return { text: JSON.stringify(program, null, 2) ?? 'null', known: false };
  const isOnly = parts.filter(({ text }) => text !== '').length === 1 && parts.every(({ kind }) => kind === 'prompt');
  return { text: parts.map((part) => partText(part, isOnly)).join('\n\n'), known: true };
}

/** A part as it is pasted: its instruction, its fields where they say something, then its demonstrations. */
export function partText({ name, text, fields, demos }: PromptPart, isOnly = true): string {
  if (text === '') return demonstrations(demos, name === null ? undefined : `# Demonstrations for ${name}`);
  const titled = isOnly || name === null ? text : `# ${name}\n${text}`;
  return [titled, fieldList(fields), demonstrations(demos)].filter((each) => each !== '').join('\n\n');
}

function fieldList(fields: readonly PromptField[]): string {
  if (fields.length === 0) return '';
  return ['# Fields', ...fields.map(({ name, description }) => (description === '' ? name : `${name}: ${description}`))].join('\n');
}
