import { type FormEvent, type KeyboardEvent, useId, useState } from 'react';
import type { OptimizationRun } from '../../../../src/schemas/run.js';
import { Button } from '../../components/Button.js';
import { Dialog } from '../../components/Dialog.js';
import { Icon } from '../../components/Icon.js';
import { useRunChanges } from './changes.js';

interface LabelsDialogProps {
  /** Whose tags and notes are edited; null where nobody's are. */
  run: OptimizationRun | null;
  onClose: () => void;
}

export function LabelsDialog({ run, onClose }: LabelsDialogProps) {
  return (
    <Dialog open={run !== null} onClose={onClose} title="Tags and notes">
      {run !== null && <LabelsForm run={run} onClose={onClose} />}
    </Dialog>
  );
}

function LabelsForm({ run, onClose }: { run: OptimizationRun; onClose: () => void }) {
  const [tags, setTags] = useState(run.tags);
  const [typed, setTyped] = useState('');
  const [notes, setNotes] = useState(run.notes ?? '');
  const field = useId();
  const { change } = useRunChanges();

  const withTyped = () => [...new Set([...tags, ...typed.split(',').map((tag) => tag.trim())])].filter((tag) => tag !== '');
  const keyDown = (event: KeyboardEvent) => {
    if (event.key === ',' || (event.key === 'Enter' && typed.trim() !== '')) {
      event.preventDefault();
      setTags(withTyped());
      setTyped('');
    } else if (event.key === 'Backspace' && typed === '') setTags(tags.slice(0, -1));
  };
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    await change(run, { tags: withTyped(), notes: notes.trim() === '' ? null : notes }).then(onClose, () => {});
  };

  return (
    <form onSubmit={submit} className="grid grid-cols-1 gap-4">
      <p className="plain-text truncate text-muted">{run.runName}</p>
      <div className="grid grid-cols-1 gap-1">
        <label htmlFor={field} className="font-medium">
          Tags
        </label>
        <span className="flex min-h-8 flex-wrap items-center gap-1 rounded-md border border-edge p-1 focus-within:outline-2 focus-within:outline-trail">
          {tags.map((tag) => (
            <span key={tag} className="inline-flex h-6 items-center gap-0.5 rounded bg-sunk pr-0.5 pl-1.5 text-xs">
              {tag}
              <button
                type="button"
                aria-label={`Remove the tag ${tag}`}
                onClick={() => setTags(tags.filter((other) => other !== tag))}
                className="grid size-5 place-items-center rounded text-muted hover:text-ink"
              >
                <Icon name="close" className="size-3!" />
              </button>
            </span>
          ))}
          <input
            id={field}
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
            onKeyDown={keyDown}
            placeholder={tags.length === 0 ? 'baseline, candidate…' : ''}
            className="h-6 min-w-24 flex-1 bg-transparent px-1 outline-none"
          />
        </span>
        <span className="text-muted text-xs">A comma or Enter ends a tag. Runs tagged “pinned” stand first.</span>
      </div>
      <label className="grid grid-cols-1 gap-1">
        <span className="font-medium">Notes</span>
        <textarea value={notes} onChange={(event) => setNotes(event.target.value)} rows={5} className="field h-auto! py-1.5" />
      </label>
      <div className="flex justify-end gap-2">
        <Button onClick={onClose}>Cancel</Button>
        <Button look="primary" submit>
          Save
        </Button>
      </div>
    </form>
  );
}
