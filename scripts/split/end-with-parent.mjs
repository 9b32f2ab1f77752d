/**
 * Preloaded into each app of `npm run start:split`: when the script has gone, however it ended, its end of the IPC channel
 * closes, and the app shuts down as at SIGTERM.
 */
process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
