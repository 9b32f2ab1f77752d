/** The version of this release; a spec holds it to package.json, which lies elsewhere once built. */
export const GATEWAY_VERSION = '0.1.0';
