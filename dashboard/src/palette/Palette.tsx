import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { Command } from 'cmdk';
import { type ReactNode, useDeferredValue, useState } from 'react';
import { searchQuery } from '../api/views.js';
import { StatusBadge } from '../components/Badge.js';
import { Score } from '../components/Figures.js';
import { Icon, type IconName } from '../components/Icon.js';

const PAGES = [
  { to: '/', name: 'Runs', icon: 'table' },
  { to: '/leaderboard', name: 'Leaderboard', icon: 'star' },
  { to: '/analytics', name: 'Analytics', icon: 'chart' },
  { to: '/settings', name: 'Settings', icon: 'settings' },
] as const;

interface PaletteProps {
  projectId: string | undefined;
  onDone: () => void;
}

/** Finds runs by name, tag and note, prompts by their text, and pages. */
export function Palette({ projectId, onDone }: PaletteProps) {
  const [typed, setTyped] = useState('');
  const text = useDeferredValue(typed.trim());
  const navigate = useNavigate();
  const { data, isFetching, error } = useQuery({
    ...searchQuery(projectId ?? '', text),
    enabled: projectId !== undefined && text.length > 0,
    placeholderData: keepPreviousData,
  });
  const found = text === '' ? undefined : data;
  const lower = text.toLowerCase();
  const pages = PAGES.filter(({ name }) => name.toLowerCase().includes(lower));
  const tags = [...new Set(found?.runs.flatMap((run) => run.tags))].filter((tag) => tag.toLowerCase().includes(lower));
  const go = (leave: () => Promise<void>) => () => {
    onDone();
    void leave();
  };
  const toRun = (runId: string, iteration?: number) =>
    go(() =>
      navigate({
        to: '/runs/$runId',
        params: { runId },
        search: { project: projectId, ...(iteration === undefined ? {} : { iteration }) },
      }),
    );

  return (
    <Command label="Search" shouldFilter={false} loop>
      <Command.Input
        autoFocus
        value={typed}
        onValueChange={setTyped}
        placeholder="A run, a tag, words of a prompt…"
        className="field h-10! w-full text-base"
      />
      <p role="status" className="sr-only">
        {isFetching ? 'Searching' : found ? `${found.runs.length} runs and ${found.programs.length} prompts` : ''}
      </p>
      <Command.List className="mt-3 max-h-[60vh] overflow-y-auto">
        <Command.Empty className="py-8 text-center text-muted">
          {error !== null ? error.message : isFetching ? 'Searching…' : 'Nothing found. Prompts are found by a part of their text.'}
        </Command.Empty>
        {found !== undefined && found.runs.length > 0 && (
          <Group heading="Runs">
            {found.runs.map((run) => (
              <Item key={run.id} value={`run ${run.id}`} onSelect={toRun(run.id)}>
                <span className="plain-text min-w-0 flex-1 truncate">{run.runName}</span>
                <Score value={run.bestScore} />
                <StatusBadge status={run.status} />
              </Item>
            ))}
          </Group>
        )}
        {found !== undefined && found.programs.length > 0 && (
          <Group heading="Prompts">
            {found.programs.map(({ runId, runName, iteration, programHash, excerpt }) => (
              <Item key={`${runId} ${programHash}`} value={`prompt ${runId} ${programHash}`} icon="note" onSelect={toRun(runId, iteration)}>
                <span className="min-w-0 flex-1">
                  <span className="plain-text block truncate font-mono text-xs">{excerpt}</span>
                  <span className="plain-text block truncate text-muted text-xs">
                    {runName}, iteration {iteration}
                  </span>
                </span>
              </Item>
            ))}
          </Group>
        )}
        {tags.length > 0 && (
          <Group heading="Tags">
            {tags.map((tag) => (
              <Item
                key={tag}
                value={`tag ${tag}`}
                icon="tag"
                onSelect={go(() => navigate({ to: '/', search: { project: projectId, tag: [tag] } }))}
              >
                Runs tagged {tag}
              </Item>
            ))}
          </Group>
        )}
        {pages.length > 0 && (
          <Group heading="Pages">
            {pages.map(({ to, name, icon }) => (
              <Item key={to} value={`page ${to}`} icon={icon} onSelect={go(() => navigate({ to }))}>
                {name}
              </Item>
            ))}
          </Group>
        )}
      </Command.List>
    </Command>
  );
}

function Group({ heading, children }: { heading: string; children: ReactNode }) {
  return (
    <Command.Group
      heading={heading}
      className="mb-2 [&_[cmdk-group-heading]]:px-2 [&_[cmdk-group-heading]]:py-1 [&_[cmdk-group-heading]]:font-medium [&_[cmdk-group-heading]]:text-muted [&_[cmdk-group-heading]]:text-xs"
    >
      {children}
    </Command.Group>
  );
}

interface ItemProps {
  value: string;
  icon?: IconName;
  onSelect: () => void;
  children: ReactNode;
}

function Item({ value, icon, onSelect, children }: ItemProps) {
  return (
    <Command.Item
      value={value}
      onSelect={onSelect}
      className="flex min-h-9 cursor-pointer items-center gap-2 rounded-md px-2 py-1 data-[selected=true]:bg-selected"
    >
      {icon && <Icon name={icon} className="text-muted" />}
      {children}
    </Command.Item>
  );
}
