import type { RouteTraffic } from '#contracts';
import type { ServiceEntry } from '../model/service-table.js';

/** Tells how requests to a service are divided among its versions. Provided by the composition root. */
export type ServiceTraffic = (entry: ServiceEntry) => readonly RouteTraffic[];

/** The injection token of {@link ServiceTraffic}. */
export const SERVICE_TRAFFIC = Symbol('ServiceTraffic');
