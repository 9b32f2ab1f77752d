/** The version of this release. A spec compares it with package.json, whose location differs after the build. */
export const GATEWAY_VERSION = '0.1.0';
