import { type FormEvent, useState } from 'react';
import { Button } from '../../../components/Button.js';
import { PlainText } from '../../../program/PlainText.js';
import { useRun } from '../useRun.js';
import { useRunUpdate } from './useRunUpdate.js';

/** What people wrote down about the run. */
export function Notes() {
  const { notes } = useRun().run;
  const { mutate, isPending } = useRunUpdate();
  const [editing, setEditing] = useState(false);
  const save = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const text = String(new FormData(event.currentTarget).get('notes') ?? '');
    mutate({ notes: text.trim() === '' ? null : text }, { onSuccess: () => setEditing(false) });
  };
  if (!editing) {
    return (
      <div className="flex min-w-0 max-w-prose flex-1 basis-60 items-start gap-2">
        {notes !== null && (
          <div className="max-h-24 min-w-0 overflow-auto py-1">
            <PlainText text={notes} />
          </div>
        )}
        <Button look="ghost" icon="note" onClick={() => setEditing(true)}>
          {notes === null ? 'Add a note' : 'Edit'}
        </Button>
      </div>
    );
  }
  return (
    <form onSubmit={save} className="grid min-w-0 max-w-prose flex-1 basis-60 gap-1.5">
      <textarea
        name="notes"
        aria-label="Notes"
        // biome-ignore lint/a11y/noAutofocus: it appears where the reader has just asked for it
        autoFocus
        defaultValue={notes ?? ''}
        rows={4}
        className="field h-auto! py-1.5"
        onKeyDown={(event) => event.key === 'Escape' && setEditing(false)}
      />
      <div className="flex gap-1.5">
        <Button submit look="primary" disabled={isPending}>
          Save
        </Button>
        <Button onClick={() => setEditing(false)}>Cancel</Button>
      </div>
    </form>
  );
}
