import { useMemo, useState } from 'preact/hooks';
import type { Caller } from '#contracts';
import { EmptyState } from '../../components/empty-state';
import { FilterInput } from '../../components/filter-input';
import { linkTo, useLocation } from '../../state/location';
import { useJson } from '../../state/use-json';
import { useTexts } from '../../text/language';
import type { ViewProps } from '../view-props';
import { contractsVersion, type ServiceContract } from './contracts';
import { InstanceDialog } from './instance-dialog';
import { attentionByInstance, instancesByService, matchesFilter, servicesInOrder } from './order';
import { ServiceSection } from './service-section';
import './services.css';
import { TEXTS } from './texts';

const CALLERS_EVERY_MS = 5000;

/** The filter is part of the address, so that it can be linked to. */
const showFilter = (filter: string): void =>
  window.location.replace(linkTo('services', filter === '' ? {} : { filter }));

/** Services with their instances, and what an operator can do with them. */
export function View({ live: { state } }: ViewProps) {
  const texts = useTexts(TEXTS);
  const filter = useLocation().query.get('filter') ?? '';
  const [chosen, setChosen] = useState<string>();
  const services = useMemo(() => servicesInOrder(state.services), [state.services]);
  const attention = useMemo(() => attentionByInstance(state.attention), [state.attention]);
  const groups = useMemo(() => instancesByService(state.instances), [state.instances]);
  const version = contractsVersion(state.services, state.attention, state.at);
  const { result, again } = useJson<readonly ServiceContract[]>('/discovery/contracts', version);
  const contracts = new Map(result?.value?.map((contract) => [contract.service, contract]));
  const callers = useJson<readonly Caller[]>(
    '/dashboard/callers',
    Math.floor(Date.parse(state.at) / CALLERS_EVERY_MS),
  ).result?.value;
  const edges = useMemo(() => Object.values(state.edges), [state.edges]);
  const found = services.map(([name, service]) => {
    const instances = (groups.get(name) ?? []).filter((entry) => matchesFilter(entry, filter));
    return { name, service, instances };
  });
  const shown = filter === '' ? found : found.filter(({ instances }) => instances.length > 0);
  return (
    <>
      <FilterInput label={texts.filter} value={filter} onChange={showFilter} />
      {shown.map(({ name, service, instances }) => (
        <ServiceSection
          key={name}
          service={name}
          state={service}
          calls={edges.filter(({ kind, to }) => kind === 'call' && to === name)}
          callers={callers?.filter((caller) => caller.service === name)}
          instances={instances}
          isFiltered={filter !== ''}
          now={state.at}
          isRegistryUp={state.gateway.isRegistryUp}
          attention={attention}
          onActions={setChosen}
          contract={contracts.get(name)}
          onAccepted={again}
        />
      ))}
      {shown.length === 0 && (
        <div class="panel">
          <EmptyState title={texts.noMatch}>
            <button type="button" class="button" onClick={() => showFilter('')}>
              {texts.clear}
            </button>
          </EmptyState>
        </div>
      )}
      {chosen !== undefined && (
        <InstanceDialog id={chosen} state={state} onClose={() => setChosen(undefined)} />
      )}
    </>
  );
}
