/** Whether the host name of a URL is a loopback address of this machine. */
export const isLoopback = (hostname) => /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);
