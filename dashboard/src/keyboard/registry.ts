import { useEffect, useEffectEvent, useSyncExternalStore } from 'react';

export interface Shortcut {
  /** As KeyboardEvent.key gives it; `mod+k` is Ctrl-K, and Cmd-K on a Mac. */
  key: string;
  /** What it does, in the help. */
  does: string;
  /** Under which heading the help shows it. */
  group?: string;
}

interface Entry extends Shortcut {
  run: (event: KeyboardEvent) => void;
}

let entries: readonly Entry[] = [];
const listeners = new Set<() => void>();

function change(next: readonly Entry[]): void {
  entries = next;
  for (const listener of listeners) listener();
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || target.matches('input:not([type=checkbox], [type=radio]), textarea, select'))
  );
}

/** Enter and Space belong to what has the focus. */
function belongsToFocus(event: KeyboardEvent): boolean {
  return (
    (event.key === 'Enter' || event.key === ' ') &&
    event.target instanceof HTMLElement &&
    event.target.matches('a, button, summary, [role=menuitem]')
  );
}

function press(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.altKey) return;
  const mod = event.ctrlKey || event.metaKey;
  const name = mod ? `mod+${event.key.toLowerCase()}` : event.key;
  if (!mod && (isTyping(event.target) || belongsToFocus(event) || document.querySelector('dialog[open]') !== null)) return;
  const entry = entries.findLast(({ key }) => key === name);
  if (entry === undefined) return;
  event.preventDefault();
  entry.run(event);
}

document.addEventListener('keydown', press);

/** A key that does something while the component is there. The one that came last wins; none works while somebody types. */
export function useShortcut({ key, does, group = 'Everywhere' }: Shortcut, action: (event: KeyboardEvent) => void, enabled = true): void {
  const run = useEffectEvent(action);
  useEffect(() => {
    if (!enabled) return;
    const entry: Entry = { key, does, group, run: (event) => run(event) };
    change([...entries, entry]);
    return () => change(entries.filter((other) => other !== entry));
  }, [key, does, group, enabled]);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The keys that do something now. */
export const useShortcuts = (): readonly Shortcut[] => useSyncExternalStore(subscribe, () => entries);

const MAC = /Mac|iPhone|iPad/.test(navigator.userAgent);
const NAMES: Record<string, string> = { ArrowDown: '↓', ArrowUp: '↑', ArrowLeft: '←', ArrowRight: '→', ' ': 'Space', Escape: 'Esc' };

/** A key as it is written on the keyboard. */
export function keyName(key: string): string {
  if (key.startsWith('mod+')) return `${MAC ? '⌘' : 'Ctrl '}${key.slice(4).toUpperCase()}`;
  return NAMES[key] ?? key;
}
