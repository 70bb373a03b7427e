import type { FormEvent } from 'react';
import { Dialog } from '../../../components/Dialog.js';
import { FormButtons } from '../../../components/FormButtons.js';
import { useToast } from '../../../components/Toast.js';
import { useRun } from '../useRun.js';
import { useRunUpdate } from './useRunUpdate.js';

/** Milliseconds in which the old name can be brought back. */
const UNDO_MS = 8_000;

export function RenameDialog({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { run } = useRun();
  const { mutate, isPending } = useRunUpdate();
  const toast = useToast();
  const save = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const runName = String(new FormData(event.currentTarget).get('name') ?? '').trim();
    const before = run.runName;
    if (runName === '' || runName === before) return onClose();
    mutate(
      { runName },
      {
        onSuccess: () => {
          onClose();
          toast.undoable('The run is renamed', { milliseconds: UNDO_MS, undo: () => mutate({ runName: before }), onEnd: () => {} });
        },
      },
    );
  };
  return (
    <Dialog open={open} onClose={onClose} title="Rename the run">
      <form onSubmit={save} className="grid gap-4">
        <label className="grid gap-1">
          <span className="font-medium">Name</span>
          <input name="name" defaultValue={run.runName} required maxLength={500} className="field" />
        </label>
        <FormButtons does="Rename" isPending={isPending} onCancel={onClose} />
      </form>
    </Dialog>
  );
}
