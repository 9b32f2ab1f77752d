import type { PolicyState } from '#contracts';
import { Ago } from '../../components/ago';
import { EmptyState } from '../../components/empty-state';
import { Panel } from '../../components/panel';
import { StatusBadge } from '../../components/status-badge';
import { Table, type Column } from '../../components/table';
import { useTexts } from '../../text/language';
import type { Policies, Provider } from './policies';
import { TEXTS } from './texts';

export interface FilePanelProps {
  readonly policy: PolicyState;
  /** `undefined` until it is read, or without access. */
  readonly details: Pick<Policies, 'source' | 'lastError'> | undefined;
  /** ISO 8601, of the gateway's clock. */
  readonly now: string;
}

/** Which policy file is in effect, and why a later one is not. */
export function FilePanel({ policy: { revision, loadedAt, failedAt }, details, now }: FilePanelProps) {
  const texts = useTexts(TEXTS);
  if (!revision)
    return (
      <Panel title={texts.file}>
        <p>
          <strong>{texts.noFile}.</strong> <span class="muted">{texts.noFileHint}</span>
        </p>
      </Panel>
    );
  return (
    <Panel title={texts.file}>
      {failedAt && (
        <div class="reload-failed">
          <StatusBadge condition="critical">{texts.failed}</StatusBadge> <Ago at={failedAt} now={now} />
          <ul>
            {(details?.lastError?.problems ?? []).map((problem) => (
              <li key={problem} class="mono">
                {problem}
              </li>
            ))}
          </ul>
        </div>
      )}
      <dl class="facts">
        {typeof details?.source === 'string' && (
          <>
            <dt>{texts.source}</dt>
            <dd class="mono">{details.source}</dd>
          </>
        )}
        <dt>{texts.revision}</dt>
        <dd class="mono">{revision}</dd>
        <dt>{texts.loaded}</dt>
        <dd>{loadedAt && <Ago at={loadedAt} now={now} />}</dd>
      </dl>
    </Panel>
  );
}

/** The authentication providers of the file. */
export function Providers({ providers }: { readonly providers: readonly Provider[] }) {
  const texts = useTexts(TEXTS);
  const columns: readonly Column<Provider>[] = [
    { label: texts.provider, render: ({ name }) => name },
    { label: texts.kind, render: ({ kind }) => kind },
    {
      label: texts.state,
      render: ({ isAvailable }) => (
        <StatusBadge condition={isAvailable ? 'ok' : 'critical'}>
          {isAvailable ? texts.available : texts.unavailable}
        </StatusBadge>
      ),
    },
    {
      label: texts.source,
      isWide: true,
      render: ({ source, lastError }) => (
        <>
          <span class="mono">{source}</span>
          {lastError && <span class="muted"> {lastError.problems.join('; ')}</span>}
        </>
      ),
    },
  ];
  if (providers.length === 0) return <EmptyState title="–" />;
  return <Table caption={texts.providers} columns={columns} rows={providers} keyOf={({ name }) => name} />;
}
