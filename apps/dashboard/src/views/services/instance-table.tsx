import type { AttentionItem } from '#contracts';
import { Table, type Column } from '../../components/table';
import type { Format } from '../../text/format';
import { NO_FIGURE } from '../../text/format';
import { useFormat, useTexts } from '../../text/language';
import { errorCondition, latencyCondition } from '../../text/thresholds';
import { CheckCell, HeartbeatCell, NameCell, ShareCell, StatusCell } from './instance-cells';
import type { InstanceEntry } from './order';
import { TEXTS, type ServicesTexts } from './texts';

export interface InstanceTableProps {
  readonly service: string;
  readonly instances: readonly InstanceEntry[];
  /** The gateway's time. */
  readonly now: string;
  /** Whether the registry accepts writes. */
  readonly isRegistryUp: boolean;
  /** What needs attention, by instance id. */
  readonly attention: ReadonlyMap<string, AttentionItem>;
  readonly onActions: (id: string) => void;
}

const colour = (condition: string): string => (condition === 'ok' ? '' : `is-${condition}`);

function columnsOf(
  texts: ServicesTexts,
  format: Format,
  { now, isRegistryUp, attention, onActions }: InstanceTableProps,
): readonly Column<InstanceEntry>[] {
  return [
    {
      label: texts.instance,
      width: '224px',
      render: ([id, instance]) => <NameCell id={id} instance={instance} />,
    },
    {
      label: texts.status,
      isWide: true,
      render: ([id, instance]) => <StatusCell instance={instance} attention={attention.get(id)} now={now} />,
    },
    { label: texts.version, width: '72px', render: ([, { version }]) => version },
    {
      label: texts.heartbeat,
      width: '100px',
      render: ([, instance]) => <HeartbeatCell instance={instance} now={now} isRegistryUp={isRegistryUp} />,
    },
    {
      label: texts.check,
      width: '104px',
      isNumber: true,
      isOptional: true,
      render: ([, instance]) => <CheckCell instance={instance} />,
    },
    {
      label: texts.inFlight,
      width: '76px',
      isOptional: true,
      isNumber: true,
      render: ([, { inFlight }]) => format.number(inFlight),
    },
    {
      label: texts.requests,
      width: '96px',
      isNumber: true,
      render: ([, { requestsPerSecond }]) => format.number(requestsPerSecond),
    },
    {
      label: texts.errors,
      width: '72px',
      isNumber: true,
      render: ([, { errorRate, requestsPerSecond }]) => (
        <span class={colour(errorCondition(errorRate))}>
          {requestsPerSecond > 0 ? format.percent(errorRate) : NO_FIGURE}
        </span>
      ),
    },
    {
      label: 'p95',
      width: '80px',
      isNumber: true,
      render: ([, { p95Ms, requestsPerSecond }]) => (
        <span class={colour(latencyCondition(p95Ms))}>
          {requestsPerSecond > 0 ? format.duration(p95Ms) : NO_FIGURE}
        </span>
      ),
    },
    {
      label: texts.share,
      width: '100px',
      isNumber: true,
      render: ([, instance]) => <ShareCell instance={instance} />,
    },
    { label: texts.weight, width: '72px', isNumber: true, render: ([, { weight }]) => format.number(weight) },
    {
      label: texts.actions,
      width: '100px',
      isLabelHidden: true,
      isNumber: true,
      render: ([id]) => (
        <button type="button" class="button" aria-label={texts.actionsOf(id)} onClick={() => onActions(id)}>
          {texts.actions}
        </button>
      ),
    },
  ];
}

/** The instances of a service, the most serious condition first. */
export function InstanceTable(props: InstanceTableProps) {
  const texts = useTexts(TEXTS);
  const format = useFormat();
  return (
    <Table
      caption={texts.instances(props.service)}
      columns={columnsOf(texts, format, props)}
      rows={props.instances}
      keyOf={([id]) => id}
    />
  );
}
