import type { DashboardState } from '#contracts';
import { Figure, Figures } from '../../components/figure';
import { Panel } from '../../components/panel';
import { linkTo } from '../../state/location';
import { NO_FIGURE } from '../../text/format';
import { useFormat, useTexts } from '../../text/language';
import { errorCondition, lagCondition } from '../../text/thresholds';
import { TEXTS } from './texts';

type TotalsProps = Pick<DashboardState, 'traffic' | 'gateway' | 'policy' | 'routes'>;

/** Requests that policies refused in the last minute. */
const refusedOf = (routes: DashboardState['routes']): number =>
  Object.values(routes)
    .flatMap(({ refusedPerMinute }) => Object.values(refusedPerMinute))
    .reduce((sum, count) => sum + count, 0);

/** The traffic of the gateway and its own condition, in figures. */
export function Totals({ traffic, gateway, policy, routes }: TotalsProps) {
  const texts = useTexts(TEXTS);
  const format = useFormat();
  const measured = (figure: string): string => (traffic.requestsPerSecond > 0 ? figure : NO_FIGURE);
  return (
    <Panel title={texts.traffic}>
      <Figures>
        <Figure
          label={texts.requests}
          value={format.number(traffic.requestsPerSecond)}
          unit={texts.perSecond}
        />
        <Figure
          label={texts.errors}
          value={measured(format.percent(traffic.errorRate))}
          condition={errorCondition(traffic.errorRate)}
        />
        <Figure label="p50" value={measured(format.duration(traffic.p50Ms))} />
        <Figure label="p95" value={measured(format.duration(traffic.p95Ms))} />
        <Figure label="p99" value={measured(format.duration(traffic.p99Ms))} />
        <Figure label={texts.inFlight} value={format.number(traffic.inFlight)} />
        {policy.revision && (
          <Figure
            label={texts.refused}
            value={format.number(refusedOf(routes))}
            unit={texts.perMinute}
            href={linkTo('routes')}
          />
        )}
        <Figure
          label={texts.loopLag}
          value={format.duration(gateway.loopLagMs)}
          condition={lagCondition(gateway.loopLagMs)}
        />
        <Figure label={texts.memory} value={format.bytes(gateway.memoryBytes)} />
      </Figures>
    </Panel>
  );
}
