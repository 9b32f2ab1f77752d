import type { Condition, DashboardState, ServiceState } from '#contracts';
import { Icon } from '../../components/icon';
import { Panel } from '../../components/panel';
import { Table, type Column } from '../../components/table';
import { linkTo } from '../../state/location';
import { NO_FIGURE } from '../../text/format';
import { useFormat, useTexts } from '../../text/language';
import { errorCondition, latencyCondition } from '../../text/thresholds';
import { servicesInOrder } from '../services/order';
import { TEXTS } from './texts';

type Row = readonly [name: string, service: ServiceState];

const colourOf = (condition: Condition): string => (condition === 'ok' ? '' : `is-${condition}`);

/** One line per service, the most serious condition first. */
export function ServiceSummary({ services }: Pick<DashboardState, 'services'>) {
  const texts = useTexts(TEXTS);
  const format = useFormat();
  const columns: readonly Column<Row>[] = [
    {
      label: texts.service,
      render: ([name, { condition }]) => (
        <span class="with-icon">
          <span class={`is-${condition}`}>
            <Icon name={condition} />
          </span>
          <a href={linkTo('services', { filter: name })}>{name}</a>
        </span>
      ),
    },
    {
      label: texts.instances,
      isNumber: true,
      render: ([, { healthy, total }]) => (
        <span class={healthy === 0 ? 'is-critical' : ''}>{`${healthy} / ${total}`}</span>
      ),
    },
    {
      label: `${texts.requests} ${texts.perSecond}`,
      isNumber: true,
      render: ([, { requestsPerSecond }]) => format.number(requestsPerSecond),
    },
    {
      label: texts.errors,
      isNumber: true,
      render: ([, { errorRate, requestsPerSecond }]) => (
        <span class={colourOf(errorCondition(errorRate))}>
          {requestsPerSecond > 0 ? format.percent(errorRate) : NO_FIGURE}
        </span>
      ),
    },
    {
      label: texts.latency,
      isNumber: true,
      render: ([, { p50Ms, p95Ms, p99Ms, requestsPerSecond }]) => (
        <span class={colourOf(latencyCondition(p95Ms))}>
          {requestsPerSecond > 0
            ? [p50Ms, p95Ms, p99Ms].map((ms) => format.duration(ms)).join(' / ')
            : NO_FIGURE}
        </span>
      ),
    },
  ];
  return (
    <Panel title={texts.services} isFlush>
      <Table
        caption={texts.servicesCaption}
        columns={columns}
        rows={servicesInOrder(services)}
        keyOf={([name]) => name}
      />
    </Panel>
  );
}
