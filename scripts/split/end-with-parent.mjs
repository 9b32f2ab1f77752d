/**
 * Preloaded into each app of `npm run start:split`. When the script ends, for any reason, its side of the IPC channel
 * closes, and the app shuts down as after SIGTERM.
 */
const terminate = () => process.kill(process.pid, 'SIGTERM');

process.once('disconnect', terminate);
// This module loads asynchronously: if the script ended before, `disconnect` has already been emitted.
if (!process.connected) terminate();
