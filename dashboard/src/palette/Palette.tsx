import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { Command } from 'cmdk';
import { type ReactNode, useDeferredValue, useState } from 'react';
import type { OptimizationRun } from '../../../src/schemas/run.js';
import type { SearchResult } from '../../../src/schemas/views.js';
import { searchQuery } from '../api/views.js';
import { Score } from '../components/Figures.js';
import { Icon, type IconName } from '../components/Icon.js';
import { StatusDot } from '../components/StatusDot.js';

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

/** What was found, as lines that can be chosen. */
interface Choice {
  value: string;
  group: 'Runs' | 'Prompts' | 'Tags' | 'Pages';
  icon?: IconName;
  shows: ReactNode;
  leave: () => Promise<void>;
}

/** Finds runs by name, tag and note, prompts by their text, and pages. */
export function Palette({ projectId, onDone }: PaletteProps) {
  const [typed, setTyped] = useState('');
  const [chosen, setChosen] = useState('');
  const text = useDeferredValue(typed.trim());
  const { data, isFetching, error } = useQuery({
    ...searchQuery(projectId ?? '', text),
    enabled: projectId !== undefined && text.length > 0,
    placeholderData: keepPreviousData,
  });
  const choices = useChoices(projectId, text, text === '' ? undefined : data);
  // What was chosen may be gone with the next letter; the first is then chosen, so that Enter does something.
  const current = choices.find(({ value }) => value === chosen) ?? choices[0];
  const nothing = isFetching ? 'Searching…' : 'Nothing found. Prompts are found by a part of their text.';

  return (
    <Command label="Search" shouldFilter={false} loop value={current?.value ?? ''} onValueChange={setChosen}>
      <Command.Input
        autoFocus
        value={typed}
        onValueChange={setTyped}
        placeholder="A run, a tag, words of a prompt…"
        className="field h-10! w-full text-base"
      />
      <p role="status" className="sr-only">
        {isFetching ? 'Searching' : `${choices.length} found`}
      </p>
      <Command.List className="mt-3 max-h-[60vh] overflow-y-auto">
        <Command.Empty className="py-8 text-center text-muted">{error?.message ?? nothing}</Command.Empty>
        {[...Map.groupBy(choices, ({ group }) => group)].map(([group, members]) => (
          <Group key={group} heading={group}>
            {members.map(({ value, icon, shows, leave }) => (
              <Item
                key={value}
                value={value}
                icon={icon}
                onSelect={() => {
                  onDone();
                  void leave();
                }}
              >
                {shows}
              </Item>
            ))}
          </Group>
        ))}
      </Command.List>
    </Command>
  );
}

function useChoices(project: string | undefined, text: string, found: SearchResult | undefined): Choice[] {
  const navigate = useNavigate();
  const lower = text.toLowerCase();
  const tags = [...new Set(found?.runs.flatMap((run) => run.tags))].filter((tag) => tag.toLowerCase().includes(lower));
  return [
    ...(found?.runs ?? []).map(
      (run): Choice => ({
        value: `run ${run.id}`,
        group: 'Runs',
        shows: <RunLine run={run} />,
        leave: () => navigate({ to: '/runs/$runId', params: { runId: run.id }, search: { project } }),
      }),
    ),
    ...(found?.programs ?? []).map(
      ({ runId, runName, iteration, programHash, excerpt }): Choice => ({
        value: `prompt ${runId} ${programHash}`,
        group: 'Prompts',
        icon: 'note',
        shows: <PromptLine excerpt={excerpt} from={`${runName}, iteration ${iteration}`} />,
        leave: () => navigate({ to: '/runs/$runId', params: { runId }, search: { project, iteration } }),
      }),
    ),
    ...tags.map(
      (tag): Choice => ({
        value: `tag ${tag}`,
        group: 'Tags',
        icon: 'tag',
        shows: `Runs tagged ${tag}`,
        leave: () => navigate({ to: '/', search: { project, tag: [tag] } }),
      }),
    ),
    ...PAGES.filter(({ name }) => name.toLowerCase().includes(lower)).map(
      ({ to, name, icon }): Choice => ({
        value: `page ${to}`,
        group: 'Pages',
        icon,
        shows: name,
        leave: () => navigate({ to }),
      }),
    ),
  ];
}

function RunLine({ run }: { run: OptimizationRun }) {
  return (
    <>
      <span className="plain-text min-w-0 flex-1 truncate">{run.runName}</span>
      <Score value={run.bestScore} />
      <StatusDot status={run.status} />
    </>
  );
}

function PromptLine({ excerpt, from }: { excerpt: string; from: string }) {
  return (
    <span className="min-w-0 flex-1">
      <span className="plain-text block truncate font-mono text-xs">{excerpt}</span>
      <span className="plain-text block truncate text-muted text-xs">{from}</span>
    </span>
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
  icon: IconName | undefined;
  onSelect: () => void;
  children: ReactNode;
}

function Item({ value, icon, onSelect, children }: ItemProps) {
  return (
    <Command.Item
      value={value}
      onSelect={onSelect}
      className="flex min-h-9 cursor-pointer items-center gap-2 rounded-md px-2 py-1 data-[selected=true]:bg-trail-soft"
    >
      {icon && <Icon name={icon} className="text-muted" />}
      {children}
    </Command.Item>
  );
}
