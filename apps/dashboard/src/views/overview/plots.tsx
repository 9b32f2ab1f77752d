import { useMemo, useState } from 'preact/hooks';
import { Panel } from '../../components/panel';
import { Plot } from '../../components/plot';
import { useFormat, useTexts } from '../../text/language';
import type { ViewProps } from '../view-props';
import { TEXTS } from './texts';
import { useHistory } from './use-history';

const PERIODS = ['15m', '24h'] as const;
type Period = (typeof PERIODS)[number];

/** The course of the traffic over the last 15 minutes or 24 hours. */
export function Plots({ live: { state, connection } }: ViewProps) {
  const texts = useTexts(TEXTS);
  const [period, setPeriod] = useState<Period>('15m');
  const { history, isMissing } = useHistory(state, connection, period);
  const choice = (
    <div class="segments" role="group" aria-label={texts.plots}>
      {PERIODS.map((name) => (
        <button
          key={name}
          type="button"
          aria-pressed={name === period ? 'true' : 'false'}
          onClick={() => setPeriod(name)}
        >
          {texts.period[name]}
        </button>
      ))}
    </div>
  );
  return (
    <Panel title={texts.plots} actions={choice}>
      {isMissing && <p class="muted">{texts.historyMissing}</p>}
      <div class="plots">{history && <Lines history={history} />}</div>
    </Panel>
  );
}

type History = NonNullable<ReturnType<typeof useHistory>['history']>;

function Lines({ history }: { readonly history: History }) {
  const texts = useTexts(TEXTS);
  const format = useFormat();
  const lines = useMemo(
    () => ({
      requests: [{ label: texts.requests, colour: 'accent', values: history.requestsPerSecond }] as const,
      errors: [{ label: texts.errors, colour: 'critical', values: history.errorRate }] as const,
      latency: [
        { label: 'p50', colour: 'muted', values: history.p50Ms },
        { label: 'p95', colour: 'accent', values: history.p95Ms },
        { label: 'p99', colour: 'warning', values: history.p99Ms },
      ] as const,
      lag: [{ label: texts.loopLag, colour: 'accent', values: history.loopLagMs }] as const,
    }),
    [history, texts],
  );
  return (
    <>
      <Plot
        title={texts.plotRequests}
        at={history.at}
        lines={lines.requests}
        write={format.number}
        atLeast={1}
      />
      <Plot
        title={texts.plotErrors}
        at={history.at}
        lines={lines.errors}
        write={format.percent}
        atLeast={0.01}
      />
      <Plot
        title={texts.plotLatency}
        at={history.at}
        lines={lines.latency}
        write={format.duration}
        atLeast={10}
      />
      <Plot
        title={texts.plotGateway}
        at={history.at}
        lines={lines.lag}
        write={format.duration}
        atLeast={10}
      />
    </>
  );
}
