import { useState } from 'react';
import { Dialog } from '../components/Dialog.js';
import { Kbd } from '../components/Kbd.js';
import { useShortcut, useShortcuts } from './registry.js';

/** The keys that work on this page, by `?`. */
export function HelpDialog() {
  const [open, setOpen] = useState(false);
  const shortcuts = useShortcuts();
  useShortcut({ key: '?', does: 'Show these keys' }, () => setOpen(true));
  const groups = Map.groupBy(shortcuts, ({ group = 'Everywhere' }) => group);
  return (
    <Dialog open={open} onClose={() => setOpen(false)} title="Keyboard">
      <div className="grid gap-x-10 gap-y-5 sm:grid-cols-2">
        {[...groups].map(([group, keys]) => (
          <section key={group}>
            <h3 className="mb-1.5 font-semibold text-muted text-xs">{group}</h3>
            <dl className="grid gap-1">
              {[...new Map(keys.map((shortcut) => [shortcut.key, shortcut])).values()].map(({ key, does }) => (
                <div key={key} className="flex items-center justify-between gap-4">
                  <dt>{does}</dt>
                  <dd>
                    <Kbd shortcut={key} />
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}
