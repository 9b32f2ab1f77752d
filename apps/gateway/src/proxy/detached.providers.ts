import type { Provider } from '@nestjs/common';
import type { AppContext } from '#service-kit';
import type { GatewayConfig } from '../config/gateway.config.js';
import { LiveServiceTable } from '../discovery/index.js';
import { TrafficMetrics } from '../telemetry/metrics/index.js';
import { DetachedRequests } from './detached-requests.js';
import { INSTANCE_REPORTS, NO_REPORTS, type InstanceReports } from './exchange/instance-reports.js';
import { MirrorMark } from './stages/mirror/mirror-mark.js';
import { Mirrors } from './stages/mirror/mirrors.js';
import { TrafficRecorder } from './traffic.recorder.js';

/** Injection token of the {@link DetachedRequests} of mirrors, which take nothing from others. */
export const MIRROR_REQUESTS = Symbol('MirrorRequests');

const NO_RECORDER = { attemptFailed: () => undefined };

/** Providers of requests without a client. */
export const detachedProviders = ({ logger }: AppContext, { registryToken }: GatewayConfig): Provider[] => {
  const onError = (err: unknown, requestId: string): void =>
    logger.error({ err, requestId }, 'Handling a request without a client failed unexpectedly; it is ended');
  return [
    {
      provide: DetachedRequests,
      useFactory: (services: LiveServiceTable, recorder: TrafficRecorder, reports: InstanceReports) =>
        new DetachedRequests({ services, recorder, reports, onError }),
      inject: [LiveServiceTable, TrafficRecorder, INSTANCE_REPORTS],
    },
    {
      provide: MIRROR_REQUESTS,
      // What becomes of copies says nothing about the requests of clients.
      useFactory: (services: LiveServiceTable) =>
        new DetachedRequests({ services, recorder: NO_RECORDER, reports: NO_REPORTS, onError }),
      inject: [LiveServiceTable],
    },
    {
      provide: Mirrors,
      useFactory: (requests: DetachedRequests, traffic: TrafficMetrics) =>
        new Mirrors(
          requests.send,
          (service, route) => traffic.service(service).mirror(route),
          new MirrorMark(registryToken),
        ),
      inject: [MIRROR_REQUESTS, TrafficMetrics],
    },
  ];
};
