import { Badge } from '../../../components/Badge.js';
import type { Column } from '../../../components/DataTable.js';
import { Icon } from '../../../components/Icon.js';
import { VirtualTable } from '../../../components/VirtualTable.js';
import type { CandidateNode, CandidateTree } from '../../../model/candidate-tree.js';
import { type Scale, scoreWords } from '../../../story/scale.js';
import { useView } from '../useRun.js';
import { ROLES } from './roles.js';

/** Every candidate of the run as a table, rejected ones too. */
export function CandidateList({ nodes, scale }: Pick<CandidateTree, 'nodes'> & { scale: Scale }) {
  const [{ iteration }, change] = useView();
  return (
    <VirtualTable
      label="Candidates"
      columns={columnsFor(scale)}
      rows={nodes}
      rowKey={({ shown }) => shown}
      openKey={iteration}
      onOpen={({ shown }) => change({ iteration: shown })}
      height="max(24rem, calc(100vh - 14rem))"
      empty="No candidate was recorded yet."
    />
  );
}

const columnsFor = (scale: Scale): readonly (Column<CandidateNode> & { width: string })[] => [
  { id: 'candidate', header: 'Candidate', width: '7rem', cell: ({ id }) => `#${id}`, value: ({ id }) => Number(id) },
  {
    id: 'role',
    header: 'Role',
    width: 'minmax(11rem, 1fr)',
    value: ({ role }) => ROLES[role].word,
    cell: ({ role, isBaseline, parents }) => (
      <span className={`inline-flex items-center gap-1.5 ${ROLES[role].look}`}>
        <Icon name={ROLES[role].icon} className="size-3.5!" /> {ROLES[role].word}
        {isBaseline && role !== 'baseline' && <Badge>seed prompt</Badge>}
        {parents.length > 1 && <Badge>merge</Badge>}
      </span>
    ),
  },
  {
    id: 'score',
    header: 'Score',
    width: '9rem',
    align: 'right',
    value: ({ score }) => score,
    cell: ({ score, isFullScore }) => (
      <span className={isFullScore ? 'font-semibold' : 'text-muted'}>
        {scoreWords(scale, score)}
        {!isFullScore && score !== null && <span className="ml-1 text-faint text-xs">minibatch</span>}
      </span>
    ),
  },
  {
    id: 'parents',
    header: 'Made from',
    width: 'minmax(7rem, 1fr)',
    cell: ({ parents }) => parents.map((parent) => `#${parent}`).join(' '),
    value: ({ parents }) => (parents[0] === undefined ? null : Number(parents[0])),
  },
  {
    id: 'evaluations',
    header: 'Evaluated in',
    width: 'minmax(10rem, 2fr)',
    cell: ({ iterations }) => iterations.map((each) => `#${each}`).join(' '),
    value: ({ iterations }) => iterations.length,
  },
];
