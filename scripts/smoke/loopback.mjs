/** Whether the host name of a URL is this machine itself. */
export const isLoopback = (hostname) => /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);
