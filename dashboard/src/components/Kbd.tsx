import { keyName } from '../keyboard/registry.js';

export function Kbd({ shortcut }: { shortcut: string }) {
  return (
    <kbd className="inline-flex h-[18px] min-w-[18px] items-center justify-center whitespace-nowrap rounded-sm border border-line bg-surface px-1 font-medium font-mono text-2xs text-faint">
      {keyName(shortcut)}
    </kbd>
  );
}
