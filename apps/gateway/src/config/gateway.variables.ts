import { baseSpecs } from '#service-kit';
import { gatewaySpecs } from './gateway.config.js';

// The result type of a generic function is written into declarations as the names themselves: packages have no others.
const namesOf = <T extends object>(specs: T) => Object.keys(specs) as (keyof T & string)[];

/** The names of the variables of a gateway. */
export const GATEWAY_VARIABLES = namesOf({ ...baseSpecs, ...gatewaySpecs });

export type GatewayVariable = (typeof GATEWAY_VARIABLES)[number];
