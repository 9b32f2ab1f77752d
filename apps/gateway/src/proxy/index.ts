export { AdminListener } from './admin-listener.js';
export { FrontServer } from './planes/node/front-server.js';
export { INSTANCE_REPORTS, NO_REPORTS, type InstanceReports } from './exchange/instance-reports.js';
export { internalPathsOf } from './stages/internal-paths/internal-paths.js';
export { ProxyModule } from './proxy.module.js';
export { TrafficRecorder, type ExchangeObserver } from './traffic.recorder.js';
export { RateLimits } from './rate-limits.js';
export { TableDirectory } from './table-directory.js';
export { Authenticators } from './stages/authentication/authenticators.js';
