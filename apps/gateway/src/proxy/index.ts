export { FrontServer } from './entrance/front-server.js';
export { INSTANCE_REPORTS, NO_REPORTS, type InstanceReports } from './instance-reports.js';
export { internalPathsOf } from './policy-of-metadata.js';
export { ProxyModule } from './proxy.module.js';
export { TableDirectory } from './record/table-directory.js';
