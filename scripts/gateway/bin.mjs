#!/usr/bin/env node
/** `msa-gateway COMMAND` of the package `@msa-gateway/gateway`. */
import '../lib/node-version.mjs';

const { runCommand } = await import('./command.mjs');
process.exitCode = await runCommand(process.argv.slice(2), { program: 'msa-gateway' });
