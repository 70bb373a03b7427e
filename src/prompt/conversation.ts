import { holdsText } from './holds-text.js';
import type { PromptPart } from './part.js';

/**
 * Messages as chat models take them, a part each under its role. Null if the value is not a list of such messages, or if a message
 * holds text beside its role and its content, like a tool call.
 */
export function conversation(value: unknown): readonly PromptPart[] | null {
  if (!Array.isArray(value) || value.length === 0) return null;
  const parts = value.map((message: unknown): PromptPart | null => {
    const { role, content, ...others } = (message ?? {}) as { role?: unknown; content?: unknown };
    if (holdsText(others)) return null;
    const text = typeof content === 'string' ? content : textOf(content);
    return typeof role === 'string' && text !== null ? { kind: 'message', name: role, text, fields: [], demos: [], signature: null } : null;
  });
  return parts.every((part) => part !== null) ? parts : null;
}

/** Joins a content of several parts; null unless all of them are text. */
function textOf(content: unknown): string | null {
  if (!Array.isArray(content) || content.length === 0) return null;
  const texts = content.map((part: unknown) => (part as { text?: unknown } | null)?.text);
  return texts.every((text) => typeof text === 'string') ? texts.join('\n') : null;
}
