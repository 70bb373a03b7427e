import { useEffect, useState } from 'react';
import { promptParts } from '../../../../../src/prompt/parts.js';
import type { StructureChange } from '../../../model/structure-diff.js';
import { LineDiff } from '../../../program/LineDiff.js';
import type { StoryCandidate } from '../../../story/story.js';
import { words } from '../../../strings.js';
import { Card } from '../Card.js';

interface Attributed extends StructureChange {
  /** The iteration that changed it last; null if the steps between are not known. */
  readonly by: number | null;
}

/** What differs between two programs besides their prompts: response formats, tools, further parts, with the edit that changed it. */
export function StructureCard({ before, after, spine }: { before: unknown; after: unknown; spine: readonly StoryCandidate[] }) {
  const changes = useStructure(before, after, spine);
  if (changes === null || changes.length === 0) return null;
  const groups = Map.groupBy(changes, ({ path }) => path.split('.')[0] ?? path);
  return [...groups].map(([name, members]) => {
    const by = [...new Set(members.flatMap((change) => (change.by === null ? [] : `#${change.by}`)))];
    return (
      <Card key={name} title={name} sub={`${words.plural(members.length, 'change')}${by.length === 0 ? '' : `, by ${by.join(' and ')}`}`}>
        <div className="grid gap-2 px-4 pt-2 pb-4">
          {members.map(({ path, before: was, after: is }) => (
            <div key={path} className="overflow-hidden rounded-lg bg-sunk">
              <p className="plain-text px-7 pt-1.5 font-mono text-faint text-xs">{path}</p>
              <LineDiff
                label={`What changed in ${path}`}
                lines={[
                  ...(was === null ? [] : [{ sign: '−' as const, pieces: [{ text: was, isChanged: true }] }]),
                  ...(is === null ? [] : [{ sign: '+' as const, pieces: [{ text: is, isChanged: true }] }]),
                ]}
              />
            </div>
          ))}
        </div>
      </Card>
    );
  });
}

function useStructure(before: unknown, after: unknown, spine: readonly StoryCandidate[]): readonly Attributed[] | null {
  const [found, setFound] = useState<readonly Attributed[] | null>(null);
  useEffect(() => {
    let isOver = false;
    void import('../../../model/structure-diff.js').then(({ structureChanges }) => {
      if (isOver) return;
      const diff = (one: unknown, other: unknown) => structureChanges(one, other, new Set([...textsOf(one), ...textsOf(other)]));
      const steps = spine
        .slice(1)
        .map((step, index) => ({ step, paths: new Set(diff(spine[index]?.program, step.program).map(({ path }) => path)) }));
      const authorOf = (path: string) => steps.findLast(({ paths }) => paths.has(path))?.step.iteration ?? null;
      setFound(diff(before, after).map((change) => ({ ...change, by: authorOf(change.path) })));
    });
    return () => {
      isOver = true;
    };
  }, [before, after, spine]);
  return found;
}

const textsOf = (program: unknown): string[] =>
  (promptParts(program) ?? []).filter(({ kind }) => kind !== 'structure').map(({ text }) => text);
