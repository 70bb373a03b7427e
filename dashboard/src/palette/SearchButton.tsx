import { lazy, Suspense, useState } from 'react';
import { Button } from '../components/Button.js';
import { Dialog } from '../components/Dialog.js';
import { Kbd } from '../components/Kbd.js';
import { Skeleton } from '../components/States.js';
import { useShortcut } from '../keyboard/registry.js';

const Palette = lazy(() => import('./Palette.js').then((module) => ({ default: module.Palette })));

/** Opens the search over everything, which is loaded when it is first opened. */
export function SearchButton({ projectId }: { projectId: string | undefined }) {
  const [open, setOpen] = useState(false);
  useShortcut({ key: 'mod+k', does: 'Search runs, prompts, tags and pages' }, () => setOpen(!open));
  return (
    <>
      <Button icon="search" onClick={() => setOpen(true)} className="text-muted">
        <span className="max-lg:sr-only">Search</span>
        <span aria-hidden="true" className="hidden lg:inline-flex">
          <Kbd shortcut="mod+k" />
        </span>
      </Button>
      <Dialog open={open} onClose={() => setOpen(false)} title="Search">
        <Suspense fallback={<Skeleton rows={4} />}>
          <Palette projectId={projectId} onDone={() => setOpen(false)} />
        </Suspense>
      </Dialog>
    </>
  );
}
