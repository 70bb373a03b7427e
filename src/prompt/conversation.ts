import type { PromptPart } from './part.js';

/** Messages as chat models take them, a part each under its role; null where the value is none such. */
export function conversation(value: unknown): readonly PromptPart[] | null {
  if (!Array.isArray(value) || value.length === 0) return null;
  const parts = value.map((message: unknown): PromptPart | null => {
    const { role, content } = (message ?? {}) as { role?: unknown; content?: unknown };
    const text = typeof content === 'string' ? content : textOf(content);
    return typeof role === 'string' && text !== null ? { kind: 'message', name: role, text, fields: [], demos: [], signature: null } : null;
  });
  return parts.every((part) => part !== null) ? parts : null;
}

/** A content of several parts, all of them text. */
function textOf(content: unknown): string | null {
  if (!Array.isArray(content) || content.length === 0) return null;
  const texts = content.map((part: unknown) => (part as { text?: unknown } | null)?.text);
  return texts.every((text) => typeof text === 'string') ? texts.join('\n') : null;
}
