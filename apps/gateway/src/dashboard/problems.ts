import { defineProblem } from '#contracts';

/** The problems of the dashboard. */
export const unknownPageFile = defineProblem('unknown-page-file', 404, 'Unknown file of the dashboard');
export const tooManyDashboards = defineProblem('too-many-dashboards', 503, 'Too many open dashboards');
