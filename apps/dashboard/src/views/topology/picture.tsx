import type { Condition, DashboardState } from '#contracts';
import { linkTo } from '../../state/location';
import { useFormat, useTexts } from '../../text/language';
import {
  labelOf,
  NODE_HEIGHT,
  NODE_WIDTH,
  pathOf,
  type Layout,
  type PlacedEdge,
  type PlacedNode,
} from './layout';
import { conditionOf } from './condition';
import { TEXTS } from './texts';

export interface PictureProps {
  readonly layout: Layout;
  readonly services: DashboardState['services'];
}

/** Requests per second from which an edge is drawn with its full width. */
const FULL_RATE = 1000;

/** The system as a picture, from the clients on the left to the stores on the right. */
export function Picture({ layout, services }: PictureProps) {
  const texts = useTexts(TEXTS);
  return (
    <div class="topology">
      <svg
        role="group"
        aria-label={texts.picture}
        viewBox={`0 0 ${layout.width} ${layout.height}`}
        width={layout.width}
        height={layout.height}
      >
        <g aria-hidden="true">
          {layout.edges.map((placed) => (
            <Line key={placed.key} placed={placed} />
          ))}
          {/* Above all lines. */}
          {layout.edges.map((placed) => (
            <Label key={placed.key} placed={placed} />
          ))}
        </g>
        {layout.nodes.map((node) => (
          <Node
            key={`${node.kind} ${node.name} ${node.owner ?? ''}`}
            node={node}
            service={services[node.name]}
          />
        ))}
      </svg>
    </div>
  );
}

interface EdgeProps {
  readonly placed: PlacedEdge;
}

const classOf = ({ edge }: PlacedEdge): string =>
  `edge is-${edge.requestsPerSecond === 0 ? 'idle' : conditionOf(edge)}`;

function Line({ placed }: EdgeProps) {
  const { requestsPerSecond } = placed.edge;
  const width = 1 + 3 * Math.min(1, Math.log10(1 + requestsPerSecond) / Math.log10(1 + FULL_RATE));
  return (
    <g class={classOf(placed)}>
      <path d={pathOf(placed)} stroke-width={width} />
    </g>
  );
}

/** The table has the exact figures: a long label would cover a node. */
const coarse = (rate: number): number => Math.max(0.1, Math.round(rate * 10) / 10);

function Label({ placed }: EdgeProps) {
  const texts = useTexts(TEXTS);
  const format = useFormat();
  const { requestsPerSecond, errorRate } = placed.edge;
  const { x, y } = labelOf(placed);
  if (requestsPerSecond === 0) return null;
  return (
    <g class={classOf(placed)}>
      <text x={x} y={y} text-anchor="middle">
        {texts.rateOf(format.number(coarse(requestsPerSecond)))}
        {errorRate > 0 && ` · ${format.percent(Math.ceil(errorRate * 100) / 100)}`}
      </text>
    </g>
  );
}

interface NodeProps {
  readonly node: PlacedNode;
  readonly service: DashboardState['services'][string] | undefined;
}

function Node({ node, service }: NodeProps) {
  const texts = useTexts(TEXTS);
  const condition: Condition | 'neutral' = service?.condition ?? 'neutral';
  const name = node.kind === 'client' || node.kind === 'gateway' ? texts.nodes[node.kind] : node.name;
  const note = service ? texts.instances(service.healthy, service.total) : node.owner && texts.of(node.owner);
  const shape = (
    <g class={`node is-${condition}`} transform={`translate(${node.x} ${node.y})`}>
      <rect width={NODE_WIDTH} height={NODE_HEIGHT} rx="6" />
      <text x="12" y={note ? 19 : 27}>
        {short(name)}
        <title>{name}</title>
      </text>
      {note && (
        <text class="note" x="12" y="35">
          {note}
        </text>
      )}
    </g>
  );
  return service ? <a href={linkTo('services', { filter: node.name })}>{shape}</a> : shape;
}

/** Characters that fit into a node. */
const FITTING = 21;
const short = (name: string): string => (name.length > FITTING ? `${name.slice(0, FITTING - 1)}…` : name);
