import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { deleteRun } from '../../../api/runs.js';
import { Bar } from '../../../app/Bar.js';
import { IconButton } from '../../../components/Button.js';
import { Menu, MenuItem } from '../../../components/Popover.js';
import { StatusDot } from '../../../components/StatusDot.js';
import { useToast } from '../../../components/Toast.js';
import { downloadCsv } from '../../../export/csv.js';
import { downloadJson } from '../../../export/download.js';
import { optimizerName } from '../../../format/names.js';
import { useShortcut } from '../../../keyboard/registry.js';
import { forgetRun } from '../../../live/apply.js';
import { Characters } from '../../../program/Characters.js';
import { PINNED } from '../../runs/filters.js';
import { iterationsSheet } from '../iterations/sheet.js';
import { useTold } from '../story.js';
import { useRun, useView } from '../useRun.js';
import { CopyPrompt } from './CopyPrompt.js';
import { RenameDialog } from './RenameDialog.js';
import { markdownOf } from './share-text.js';
import { useRunUpdate } from './useRunUpdate.js';

/** Milliseconds in which a deletion can be undone: nothing is sent before they are over. */
const UNDO_MS = 8_000;

/** The run's name and what can be done with it, in the bar. */
export function RunBar() {
  return <Bar start={<Name />} end={<Actions />} />;
}

function Name() {
  const { run } = useRun();
  const facts = [optimizerName(run.optimizerType), run.model, run.metric, run.evalSetHash].filter((fact) => fact !== null && fact !== '');
  return (
    <>
      <span aria-hidden="true" className="text-base text-edge max-sm:hidden">
        /
      </span>
      <StatusDot status={run.status} />
      <h1 className="plain-text min-w-0 truncate font-semibold text-base tracking-[-.005em]" title={run.runName}>
        <Characters text={run.runName} />
      </h1>
      <span className="hidden min-w-0 overflow-hidden whitespace-nowrap text-faint md:flex">
        {facts.map((fact, index) => (
          <span key={fact} title={fact ?? ''} className={index > 1 ? 'plain-text truncate max-xl:hidden' : 'plain-text truncate'}>
            {index > 0 && <span className="mx-[7px] text-edge">·</span>}
            {(fact ?? '').slice(0, 40).toWellFormed()}
          </span>
        ))}
      </span>
    </>
  );
}

function Actions() {
  const { run } = useRun();
  const [, change] = useView();
  const { mutate, isPending } = useRunUpdate();
  const isPinned = run.tags.includes(PINNED);
  const pin = () => mutate({ tags: isPinned ? run.tags.filter((tag) => tag !== PINNED) : [...run.tags, PINNED] });
  useShortcut({ key: 'd', does: 'Diff the best prompt with the original', group: 'Run' }, () =>
    change({ tab: 'prompts', as: 'diff', of: undefined, against: undefined }),
  );
  return (
    <>
      <IconButton
        icon="pin"
        label={isPinned ? 'Unpin' : 'Pin'}
        aria-pressed={isPinned}
        disabled={isPending}
        onClick={pin}
        className={`max-sm:hidden ${isPinned ? 'text-trail!' : ''}`}
      />
      <ShareMenu />
      <CopyPrompt />
    </>
  );
}

function ShareMenu() {
  const { run, iterations, reference } = useRun();
  const told = useTold();
  const toast = useToast();
  const navigate = useNavigate();
  const cache = useQueryClient();
  const [isRenaming, setRenaming] = useState(false);
  const copy = (text: string, said: string) =>
    void navigator.clipboard.writeText(text).then(
      () => toast.done(said),
      (error) => toast.failed(error),
    );
  const card = async () => {
    const { saveCard } = await import('./card.js');
    await saveCard(told).catch((error) => toast.failed(error));
  };
  const remove = () => {
    void navigate({ to: '/' });
    toast.undoable(`“${run.runName.slice(0, 60).toWellFormed()}” will be deleted`, {
      milliseconds: UNDO_MS,
      undo: () => void navigate({ to: '/runs/$runId', params: { runId: run.id }, search: { project: run.projectId } }),
      onEnd: () =>
        void deleteRun(reference).then(
          () => forgetRun(cache, run.id),
          (error) => toast.failed(error),
        ),
    });
  };
  return (
    <>
      <Menu label={<span className="max-md:sr-only">Share</span>} name="Share" icon="share" align="right" isBare>
        <MenuItem icon="link" onClick={() => copy(window.location.href, 'The link to this view is copied')}>
          Copy link
        </MenuItem>
        {told.story.winner !== null && (
          <MenuItem icon="image" hint="PNG" onClick={() => void card()}>
            Save card
          </MenuItem>
        )}
        <MenuItem icon="note" hint="Markdown" onClick={() => copy(markdownOf(told, window.location.href), 'Copied, for a pull request')}>
          Copy summary
        </MenuItem>
        <MenuItem icon="table" hint="CSV" onClick={() => downloadCsv(`${run.runName}-iterations`, ...iterationsSheet(iterations))}>
          Iterations as CSV
        </MenuItem>
        <MenuItem icon="download" hint="JSON" onClick={() => downloadJson(run.runName, { ...run, iterationRows: iterations })}>
          Run with iterations as JSON
        </MenuItem>
        <MenuItem icon="edit" onClick={() => setRenaming(true)}>
          Rename…
        </MenuItem>
        <MenuItem icon="trash" onClick={remove}>
          Delete
        </MenuItem>
      </Menu>
      <RenameDialog open={isRenaming} onClose={() => setRenaming(false)} />
    </>
  );
}
