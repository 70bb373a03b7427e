import { keyName } from '../keyboard/registry.js';

export function Kbd({ shortcut }: { shortcut: string }) {
  return (
    <kbd className="inline-flex h-5 min-w-5 items-center justify-center rounded border border-line bg-sunk px-1 font-sans text-2xs text-muted">
      {keyName(shortcut)}
    </kbd>
  );
}
