export function isLoopback(hostname: string): boolean;
