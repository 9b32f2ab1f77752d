import { useState } from 'preact/hooks';
import { Confirmation } from '../../components/confirmation';
import { Dialog } from '../../components/dialog';
import { Icon } from '../../components/icon';
import { StatusBadge } from '../../components/status-badge';
import { Table, type Column } from '../../components/table';
import { send } from '../../state/gateway-request';
import { useFormat, useTexts } from '../../text/language';
import { TEXTS } from './contract-texts';
import { openVersions, type ContractChange, type ContractVersion, type ServiceContract } from './contracts';

export interface ContractDetailsProps {
  readonly contract: ServiceContract;
  /** The gateway's time. */
  readonly now: string;
  /** Called when a version was accepted. */
  readonly onAccepted: () => void;
}

/** The accepted versions of a service, and what other versions break; open if one does. */
export function ContractDetails({ contract, now, onAccepted }: ContractDetailsProps) {
  const texts = useTexts(TEXTS);
  const [chosen, setChosen] = useState<string>();
  const { service, versions } = contract;
  const accepted = versions.filter(({ status }) => status === 'accepted').map(({ version }) => version);
  const broken = versions.filter(({ status }) => status === 'breaking').length;
  return (
    <details class="contract" open={broken > 0}>
      <summary>
        {texts.contract}{' '}
        <span class="muted">
          {accepted.length > 0 ? texts.accepted(accepted.join(', ')) : texts.noneAccepted}
        </span>{' '}
        {broken > 0 && <StatusBadge condition="warning">{texts.broken(broken)}</StatusBadge>}
      </summary>
      {openVersions(contract).map((version) => (
        <Version key={version.version} contract={contract} version={version} now={now} onAccept={setChosen} />
      ))}
      {chosen !== undefined && (
        <Dialog title={texts.question(service, chosen)} onClose={() => setChosen(undefined)}>
          <Confirmation
            label={texts.confirm}
            run={() => acceptVersion(service, chosen)}
            onCancel={() => setChosen(undefined)}
            onDone={() => {
              setChosen(undefined);
              onAccepted();
            }}
          >
            <p>{texts.consequence}</p>
          </Confirmation>
        </Dialog>
      )}
    </details>
  );
}

const acceptVersion = (service: string, version: string): ReturnType<typeof send> =>
  send('POST', `/discovery/contracts/${encodeURIComponent(service)}/accept`, { version });

interface VersionProps extends Pick<ContractDetailsProps, 'contract' | 'now'> {
  readonly version: ContractVersion;
  readonly onAccept: (version: string) => void;
}

function Version({ contract, version: seen, now, onAccept }: VersionProps) {
  const texts = useTexts(TEXTS);
  const { version, status, reason, decision } = seen;
  return (
    <section class="contract-version">
      <p>
        <strong>{version}</strong>{' '}
        <StatusBadge condition={status === 'breaking' ? 'warning' : 'neutral'}>
          {texts.status[status]}
        </StatusBadge>{' '}
        {texts.decision[decision]}
        {reason !== null && (
          <span class="muted" lang="en">
            {reason}
          </span>
        )}
      </p>
      {status === 'breaking' && (
        <>
          <Changes contract={contract} version={seen} now={now} />
          <div class="contract-next">
            <p class="muted">
              {texts.next} <a href="/docs">{texts.documents}</a>
            </p>
            <button type="button" class="button" onClick={() => onAccept(version)}>
              {texts.accept(version)}
            </button>
          </div>
        </>
      )}
    </section>
  );
}

function Changes({ contract, version: { version, changes }, now }: Omit<VersionProps, 'onAccept'>) {
  const texts = useTexts(TEXTS);
  const columns: readonly Column<ContractChange>[] = [
    { label: texts.operation, render: ({ operation }) => <span class="mono">{operation}</span> },
    {
      label: texts.change,
      isWide: true,
      render: ({ kind, at, detail }) => (
        <span class="stacked">
          <span>{texts.kind[kind]}</span>
          <span class="muted small" lang="en">
            {[at, detail].filter((text) => text !== '').join(': ')}
          </span>
        </span>
      ),
    },
    {
      label: texts.calls,
      isWide: true,
      render: (change) => <Called change={change} since={contract.watchedSince} now={now} />,
    },
  ];
  return (
    <Table
      caption={texts.changes(version)}
      columns={columns}
      rows={changes}
      keyOf={({ kind, operation, at }) => `${kind} ${operation} ${at}`}
    />
  );
}

interface CalledProps {
  readonly change: ContractChange;
  readonly since: string | null;
  readonly now: string;
}

/** Whether clients call the operation that changes. */
function Called({ change: { calledInLast24h, lastCalledAt }, since, now }: CalledProps) {
  const texts = useTexts(TEXTS);
  const format = useFormat();
  if (calledInLast24h === true)
    return (
      <span class="is-warning with-icon">
        <Icon name="warning" />
        {texts.called(lastCalledAt === null ? '' : format.relative(lastCalledAt, now))}
      </span>
    );
  if (calledInLast24h === false) return <>{texts.notCalled}</>;
  return <>{since === null ? texts.notKnown : texts.noCallSince(format.time(since, now))}</>;
}
