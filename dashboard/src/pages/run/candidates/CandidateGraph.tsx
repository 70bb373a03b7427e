import '@xyflow/react/dist/base.css';
import {
  Background,
  Controls,
  type Edge,
  Handle,
  type Node,
  type NodeProps,
  Position,
  ReactFlow,
  ReactFlowProvider,
  useReactFlow,
} from '@xyflow/react';
import { createContext, type KeyboardEvent, useContext, useMemo } from 'react';
import { Icon } from '../../../components/Icon.js';
import { score } from '../../../format/number.js';
import type { CandidateNode, CandidateTree } from '../../../model/candidate-tree.js';
import { useResolvedTheme } from '../../../theme/theme.js';
import { useView } from '../useRun.js';
import { NODE, neighbour, type Place, placesOf } from './layout.js';
import { ROLES } from './roles.js';

type CandidateFlowNode = Node<{ candidate: CandidateNode }, 'candidate'>;

const NODE_TYPES = { candidate: Candidate };
const PlacesContext = createContext<ReadonlyMap<string, Place>>(new Map());
const reduced = window.matchMedia('(prefers-reduced-motion: reduce)');

/** The candidates as a graph, from the baseline down. Arrow keys go from one to the next, Enter opens it. */
export function CandidateGraph({ tree, summary }: { tree: CandidateTree; summary: string }) {
  const theme = useResolvedTheme();
  const places = useMemo(() => placesOf(tree), [tree]);
  const nodes = useMemo(
    () =>
      tree.nodes.map(
        (candidate): CandidateFlowNode => ({
          id: candidate.id,
          type: 'candidate',
          position: places.get(candidate.id) ?? { x: 0, y: 0 },
          ...NODE,
          data: { candidate },
        }),
      ),
    [tree, places],
  );
  const merged = useMemo(() => new Set(tree.nodes.filter(({ parents }) => parents.length > 1).map(({ id }) => id)), [tree]);
  const edges = useMemo(
    () =>
      tree.edges.map(
        (edge): Edge => ({
          ...edge,
          focusable: false,
          className: merged.has(edge.target) ? 'stroke-accent!' : '',
          ...(merged.has(edge.target)
            ? { style: { strokeDasharray: '5 3', stroke: 'var(--color-accent)' } }
            : { style: { stroke: 'var(--color-edge)' } }),
        }),
      ),
    [tree, merged],
  );
  return (
    <section aria-label={`Candidate tree. ${summary}`} className="panel h-[max(24rem,calc(100vh-25rem))] overflow-hidden">
      <PlacesContext value={places}>
        <ReactFlowProvider>
          <ReactFlow
            nodes={nodes}
            edges={edges}
            nodeTypes={NODE_TYPES}
            colorMode={theme}
            fitView
            fitViewOptions={{ maxZoom: 1, padding: 0.1 }}
            minZoom={0.05}
            maxZoom={2}
            nodesDraggable={false}
            nodesConnectable={false}
            nodesFocusable={false}
            edgesFocusable={false}
            elementsSelectable={false}
            disableKeyboardA11y
            zoomOnScroll={false}
            panOnScroll
          >
            <Background gap={24} color="var(--color-line)" bgColor="var(--color-surface)" />
            <Controls
              showInteractive={false}
              orientation="horizontal"
              position="top-left"
              className="panel m-2! flex overflow-hidden [&_button]:flex [&_button]:size-7 [&_button]:items-center [&_button]:justify-center [&_button]:hover:bg-hover [&_svg]:size-3 [&_svg]:fill-current"
            />
          </ReactFlow>
        </ReactFlowProvider>
      </PlacesContext>
    </section>
  );
}

function Candidate({ data: { candidate } }: NodeProps<CandidateFlowNode>) {
  const [{ iteration: open }, change] = useView();
  const places = useContext(PlacesContext);
  const flow = useReactFlow();
  const { id, role, isBaseline, score: value, isFullScore, iterations, parents, shown } = candidate;
  const { icon, text, edge } = ROLES[role];
  const press = (event: KeyboardEvent<HTMLButtonElement>) => {
    const next = neighbour(places, id, event.key);
    const place = next === undefined ? undefined : places.get(next);
    if (place === undefined) return;
    event.preventDefault();
    document.querySelector<HTMLElement>(`[data-candidate="${next}"]`)?.focus({ preventScroll: true });
    void flow.setCenter(place.x + NODE.width / 2, place.y + NODE.height / 2, { zoom: flow.getZoom(), duration: reduced.matches ? 0 : 150 });
  };
  const isOpen = open !== undefined && iterations.includes(open);
  const roles = isBaseline && role !== 'baseline' ? `${role}, baseline` : role;
  return (
    <>
      <Handle type="target" position={Position.Top} className="invisible" />
      <button
        type="button"
        data-candidate={id}
        onKeyDown={press}
        onClick={() => change({ iteration: shown })}
        className={`nodrag nopan flex flex-col justify-center rounded-md border px-2 text-left text-ink ${edge} ${isOpen ? 'bg-selected' : 'bg-surface hover:bg-hover'}`}
        style={NODE}
      >
        <span className="numeric flex w-full items-baseline justify-between gap-1">
          <span className="text-muted text-xs">
            <span className="sr-only">Candidate </span>#{id}
            {iterations.length > 1 && ` ×${iterations.length}`}
          </span>
          <span className={`font-semibold ${isFullScore ? '' : 'font-normal text-muted italic'}`}>{score(value)}</span>
        </span>
        <span className={`flex items-center gap-1 text-2xs ${text}`}>
          <Icon name={icon} className="size-3!" /> {roles}
          {parents.length > 1 && ', merge'}
          {parents.length > 0 && <span className="sr-only">, from {parents.join(' and ')}</span>}
        </span>
      </button>
      <Handle type="source" position={Position.Bottom} className="invisible" />
    </>
  );
}
