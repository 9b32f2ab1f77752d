import { build, isBuilt } from '../lib/build.mjs';

/** Set-up of the e2e suites, which run the built apps. */
export default function buildFirst() {
  if (!isBuilt()) build();
}
