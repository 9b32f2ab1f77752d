import { useId, useState } from 'preact/hooks';
import type { ServiceState } from '#contracts';
import { Icon } from '../../components/icon';
import { NO_FIGURE } from '../../text/format';
import { useFormat, useTexts } from '../../text/language';
import { errorCondition, latencyCondition } from '../../text/thresholds';
import { Callers, type CallersProps } from './callers';
import type { ServiceContract } from './contracts';
import { ContractDetails, type ContractDetailsProps } from './contract-details';
import { InstanceTable, type InstanceTableProps } from './instance-table';
import { TEXTS } from './texts';

/** Services with more instances start collapsed unless something is wrong with them. */
const OPEN_UP_TO = 12;

export interface ServiceSectionProps extends InstanceTableProps {
  readonly state: ServiceState;
  readonly calls: CallersProps['calls'];
  readonly callers: CallersProps['callers'];
  /** Shows the instances that the filter found. */
  readonly isFiltered: boolean;
  /** `undefined` until it is read, or if the service declares no version. */
  readonly contract: ServiceContract | undefined;
  readonly onAccepted: ContractDetailsProps['onAccepted'];
}

/** A service and, unless it is collapsed, its instances. */
export function ServiceSection({
  state,
  calls,
  callers,
  isFiltered,
  contract,
  onAccepted,
  ...table
}: ServiceSectionProps) {
  const id = useId();
  const [chosen, setChosen] = useState<boolean>();
  const isOpen = isFiltered || (chosen ?? (state.total <= OPEN_UP_TO || state.condition !== 'ok'));
  return (
    <section class="panel" aria-labelledby={id}>
      <div class="service-heading">
        <h2 id={id}>
          <button
            type="button"
            class="service-toggle"
            aria-expanded={isOpen ? 'true' : 'false'}
            onClick={() => setChosen(!isOpen)}
          >
            <Icon name={isOpen ? 'collapse' : 'expand'} />
            <span class={`is-${state.condition}`}>
              <Icon name={state.condition} />
            </span>
            {table.service}
          </button>
        </h2>
        <ServiceFigures state={state} />
      </div>
      {isOpen && <Callers calls={calls} callers={callers} now={table.now} />}
      {isOpen && <InstanceTable {...table} />}
      {isOpen && contract && <ContractDetails contract={contract} now={table.now} onAccepted={onAccepted} />}
    </section>
  );
}

function ServiceFigures({ state }: { readonly state: ServiceState }) {
  const texts = useTexts(TEXTS);
  const format = useFormat();
  const { breaker } = state;
  const hasTraffic = state.requestsPerSecond > 0;
  return (
    <dl class="service-figures">
      {breaker && (
        <Pair
          label={texts.breaker}
          value={texts.breakerState[breaker]}
          condition={breaker === 'closed' ? 'ok' : 'warning'}
        />
      )}
      {state.retriesPerSecond > 0 && (
        <Pair label={texts.retries} value={format.number(state.retriesPerSecond)} />
      )}
      <Pair label={texts.versions} value={state.versions.join(', ')} />
      <Pair
        label={texts.rotation}
        value={texts.inRotation(state.healthy, state.total)}
        condition={state.healthy === 0 ? 'critical' : 'ok'}
      />
      <Pair label={texts.requests} value={format.number(state.requestsPerSecond)} />
      <Pair
        label={texts.errors}
        value={hasTraffic ? format.percent(state.errorRate) : NO_FIGURE}
        condition={errorCondition(state.errorRate)}
      />
      <Pair
        label="p95"
        value={hasTraffic ? format.duration(state.p95Ms) : NO_FIGURE}
        condition={latencyCondition(state.p95Ms)}
      />
    </dl>
  );
}

interface PairProps {
  readonly label: string;
  readonly value: string;
  readonly condition?: string;
}

const Pair = ({ label, value, condition = 'ok' }: PairProps) => (
  <div>
    <dt>{label}</dt>
    <dd class={condition === 'ok' ? '' : `is-${condition}`}>{value}</dd>
  </div>
);
