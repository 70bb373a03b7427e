import { lazy, Suspense, useState } from 'react';
import { Dialog } from '../components/Dialog.js';
import { Icon } from '../components/Icon.js';
import { Kbd } from '../components/Kbd.js';
import { Skeleton } from '../components/States.js';
import { useShortcut } from '../keyboard/registry.js';

const Palette = lazy(() => import('./Palette.js').then((module) => ({ default: module.Palette })));

/** Opens the search over everything, which is loaded when it is first opened. */
export function SearchButton({ projectId, isSmall }: { projectId: string | undefined; isSmall: boolean }) {
  const [open, setOpen] = useState(false);
  useShortcut({ key: 'mod+k', does: 'Search runs, prompts, tags and pages' }, () => setOpen(!open));
  return (
    <>
      <button
        type="button"
        onClick={() => setOpen(true)}
        className="inline-flex h-8 items-center gap-2 rounded-lg bg-sunk px-2 text-faint hover:text-ink"
      >
        <Icon name="search" />
        <span className={isSmall ? 'sr-only' : 'pr-1 max-lg:sr-only'}>Find a run or a phrase</span>
        <span aria-hidden="true" className="hidden lg:inline-flex">
          <Kbd shortcut="mod+k" />
        </span>
      </button>
      <Dialog open={open} onClose={() => setOpen(false)} title="Search">
        <Suspense fallback={<Skeleton rows={4} />}>
          <Palette projectId={projectId} onDone={() => setOpen(false)} />
        </Suspense>
      </Dialog>
    </>
  );
}
