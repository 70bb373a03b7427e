import { Badge } from '../../../components/Badge.js';
import { DataTable } from '../../../components/DataTable.js';
import { Score } from '../../../components/Figures.js';
import { Icon } from '../../../components/Icon.js';
import type { CandidateNode, CandidateTree } from '../../../model/candidate-tree.js';
import { IterationLink } from '../IterationLink.js';
import { ROLES } from './roles.js';

/** The candidates as a table: the same as the tree says. */
export function CandidateList({ nodes }: CandidateTree) {
  return (
    <div className="panel overflow-hidden">
      <DataTable caption="Candidates" columns={COLUMNS} rows={nodes} rowKey={({ id }) => id} />
    </div>
  );
}

const COLUMNS = [
  { id: 'candidate', header: 'Candidate', cell: ({ id, shown }: CandidateNode) => <IterationLink iteration={shown}>#{id}</IterationLink> },
  {
    id: 'role',
    header: 'Role',
    cell: ({ role, isBaseline }: CandidateNode) => (
      <span className={`inline-flex items-center gap-1 ${ROLES[role].text}`}>
        <Icon name={ROLES[role].icon} /> {role}
        {isBaseline && role !== 'baseline' && <Badge>baseline</Badge>}
      </span>
    ),
  },
  {
    id: 'score',
    header: 'Score',
    align: 'right' as const,
    cell: ({ score, isFullScore }: CandidateNode) => (
      <>
        <Score value={score} />
        {!isFullScore && score !== null && <span className="ml-1 text-faint text-xs">minibatch</span>}
      </>
    ),
  },
  {
    id: 'parents',
    header: 'Made from',
    cell: ({ parents }: CandidateNode) => (
      <span className="flex gap-2">
        {parents.map((parent) => (
          <IterationLink key={parent} iteration={Number(parent)} />
        ))}
        {parents.length > 1 && <Badge tone="accent">merge</Badge>}
      </span>
    ),
  },
  {
    id: 'evaluations',
    header: 'Evaluated in',
    cell: ({ iterations }: CandidateNode) => (
      <span className="flex flex-wrap gap-2">
        {iterations.map((iteration) => (
          <IterationLink key={iteration} iteration={iteration} />
        ))}
      </span>
    ),
  },
];
