import type { ViewProps } from '../view-props';
import { AttentionList } from './attention-list';
import { FirstVisit } from './first-visit';
import './overview.css';
import { Plots } from './plots';
import { ServiceSummary } from './service-summary';
import { Totals } from './totals';

/** Whether anything is wrong, the figures of the gateway, and where to look next. */
export function View({ live }: ViewProps) {
  const { state } = live;
  const hasServices = Object.keys(state.services).length > 0;
  const hasAttention = Object.keys(state.attention).length > 0;
  return (
    <>
      <Totals traffic={state.traffic} gateway={state.gateway} policy={state.policy} routes={state.routes} />
      <div class={hasAttention || !hasServices ? 'overview overview-split' : 'overview'}>
        <div class="overview-main">
          {hasAttention && <AttentionList attention={state.attention} at={state.at} />}
          {hasServices ? <ServiceSummary services={state.services} /> : <FirstVisit />}
        </div>
        <Plots live={live} />
      </div>
    </>
  );
}
