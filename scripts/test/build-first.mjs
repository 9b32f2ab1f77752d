import { build, isBuilt } from '../lib/build.mjs';

/** Global set-up of the e2e suites, which run the built apps. */
export default function buildFirst() {
  if (!isBuilt()) build();
}
