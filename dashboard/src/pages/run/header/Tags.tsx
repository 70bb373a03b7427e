import { type FormEvent, useState } from 'react';
import { Button, IconButton } from '../../../components/Button.js';
import { Icon } from '../../../components/Icon.js';
import { Characters } from '../../../program/Characters.js';
import { PINNED } from '../../runs/filters.js';
import { useRun } from '../useRun.js';
import { useRunUpdate } from './useRunUpdate.js';

/** The run's labels, to take off and to add to. */
export function Tags() {
  const { tags } = useRun().run;
  const { mutate, isPending } = useRunUpdate();
  const [adding, setAdding] = useState(false);
  const add = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const tag = String(new FormData(event.currentTarget).get('tag') ?? '').trim();
    if (tag !== '') mutate({ tags: [...tags, tag] });
    setAdding(false);
  };
  return (
    <ul aria-label="Tags" className="flex flex-wrap items-center gap-1.5">
      {tags
        .filter((tag) => tag !== PINNED)
        .map((tag) => (
          <li key={tag} className="inline-flex h-6 max-w-60 items-center rounded bg-sunk pl-2 text-xs">
            <span className="plain-text truncate">
              <Characters text={tag} />
            </span>
            <button
              type="button"
              aria-label={`Remove the tag ${tag}`}
              disabled={isPending}
              onClick={() => mutate({ tags: tags.filter((other) => other !== tag) })}
              className="flex h-6 w-6 items-center justify-center rounded text-muted hover:text-ink"
            >
              <Icon name="close" className="size-3!" />
            </button>
          </li>
        ))}
      <li>
        {adding ? (
          <form onSubmit={add} className="flex items-center gap-1">
            <input
              name="tag"
              aria-label="New tag"
              // biome-ignore lint/a11y/noAutofocus: it appears where the reader has just asked for it
              autoFocus
              maxLength={200}
              className="field w-32"
              onKeyDown={(event) => event.key === 'Escape' && setAdding(false)}
            />
            <Button submit look="primary">
              Add
            </Button>
          </form>
        ) : (
          <IconButton label="Add a tag" icon="tag" onClick={() => setAdding(true)} disabled={isPending} />
        )}
      </li>
    </ul>
  );
}
