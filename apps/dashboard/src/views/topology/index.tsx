import { useMemo } from 'preact/hooks';
import type { EdgeState } from '#contracts';
import { EmptyState } from '../../components/empty-state';
import { Panel } from '../../components/panel';
import { StatusBadge } from '../../components/status-badge';
import { Table, type Column } from '../../components/table';
import { useFormat, useTexts } from '../../text/language';
import type { ViewProps } from '../view-props';
import { conditionOf } from './condition';
import { layoutOf } from './layout';
import { Picture } from './picture';
import { TEXTS } from './texts';
import './topology.css';

/** Who calls whom, with rates and errors. */
export function View({ live: { state } }: ViewProps) {
  const texts = useTexts(TEXTS);
  const { services, edges } = state;
  const layout = useMemo(() => layoutOf(Object.keys(services), edges), [services, edges]);
  return (
    <>
      <Panel title={texts.title}>
        <p class="muted">{texts.hint}</p>
        <Picture layout={layout} services={services} />
      </Panel>
      <Panel title={texts.calls} isFlush>
        <Calls edges={edges} />
      </Panel>
    </>
  );
}

type Call = EdgeState & { readonly key: string };

function Calls({ edges }: { readonly edges: Readonly<Record<string, EdgeState>> }) {
  const texts = useTexts(TEXTS);
  const format = useFormat();
  const nameOf = (part: string): string =>
    part === 'client' || part === 'gateway' ? texts.nodes[part] : part;
  const calls = Object.entries(edges)
    .map(([key, edge]): Call => ({ key, ...edge }))
    .sort((a, b) => b.errorRate - a.errorRate || b.requestsPerSecond - a.requestsPerSecond);
  const columns: readonly Column<Call>[] = [
    { label: texts.from, render: ({ from }) => nameOf(from) },
    { label: texts.to, render: ({ to }) => nameOf(to) },
    { label: texts.kind, render: ({ kind }) => <span class="muted">{texts.kinds[kind]}</span> },
    { label: texts.rate, isNumber: true, render: (call) => format.number(call.requestsPerSecond) },
    {
      label: texts.errors,
      isNumber: true,
      render: (call) => (
        <StatusBadge condition={conditionOf(call)}>{format.percent(call.errorRate)}</StatusBadge>
      ),
    },
  ];
  if (calls.length === 0) return <EmptyState title={texts.none}>{texts.noneHint}</EmptyState>;
  return <Table caption={texts.calls} columns={columns} rows={calls} keyOf={({ key }) => key} />;
}
